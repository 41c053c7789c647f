import java.io.FileInputStream;
import java.nio.file.Path;
import javax.xml.XMLConstants;
import javax.xml.transform.sax.SAXSource;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;

/** Validates a file against a schema with a SAX source, which streams. */
public class Check {
    public static void main(String[] args) throws Exception {
        var factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        Validator validator = factory.newSchema(Path.of(args[0]).toFile()).newValidator();
        int[] errors = {0};
        validator.setErrorHandler(new ErrorHandler() {
            public void warning(SAXParseException e) { }
            public void error(SAXParseException e) { errors[0]++; }
            public void fatalError(SAXParseException e) throws SAXParseException { throw e; }
        });
        try (var in = new FileInputStream(args[1])) {
            validator.validate(new SAXSource(new InputSource(in)));
        }
        System.out.println(errors[0]);
    }
}
