// Opens CMS messages with Bouncy Castle: Open KEY.pem FILE...
// The content of FILE is written to FILE.out; any failure ends the program
// with an exception and status 1. A receiver may start from it.

import java.io.FileReader;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.PrivateKey;
import java.security.Security;
import java.util.Collection;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

public class Open {
    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        PrivateKey key;
        try (PEMParser pem = new PEMParser(new FileReader(args[0]))) {
            key = new JcaPEMKeyConverter().setProvider("BC").getPrivateKey((PrivateKeyInfo) pem.readObject());
        }
        for (int i = 1; i < args.length; i++) {
            byte[] content = open(Files.readAllBytes(Paths.get(args[i])), key);
            Files.write(Paths.get(args[i] + ".out"), content);
        }
    }

    @SuppressWarnings("unchecked")
    static byte[] open(byte[] der, PrivateKey key) throws Exception {
        Collection<RecipientInformation> recipients;
        Recipient recipient;
        if (ContentInfo.getInstance(der).getContentType().equals(CMSObjectIdentifiers.authEnvelopedData)) {
            recipients = new CMSAuthEnvelopedData(der).getRecipientInfos().getRecipients();
            recipient = new JceKeyTransAuthEnvelopedRecipient(key).setProvider("BC");
        } else {
            recipients = new CMSEnvelopedData(der).getRecipientInfos().getRecipients();
            recipient = new JceKeyTransEnvelopedRecipient(key).setProvider("BC");
        }
        // A recipient named by certificate cannot be told from the private
        // key alone, so each is tried. A wrong tag is an exception here.
        Exception last = new CMSException("no recipient");
        for (RecipientInformation r : recipients) {
            try {
                return r.getContent(recipient);
            } catch (Exception e) {
                last = e;
            }
        }
        throw last;
    }
}
