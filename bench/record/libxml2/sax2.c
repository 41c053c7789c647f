/* Reads a document with libxml2's SAX2 interface, counting what it holds:
 * the C program that the strict tokenizer is measured against. It reads the
 * file in pieces of 128 KiB, the tokenizer's window, through the push parser. */
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
  static char buf[128 * 1024];
  xmlSAXHandler sax;
  xmlParserCtxtPtr ctxt;
  ssize_t n;
  int fd, ok;

  if (argc != 2 || (fd = open(argv[1], O_RDONLY)) < 0) {
    perror("usage: sax2 FILE");
    return 2;
  }
  memset(&sax, 0, sizeof sax);
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = start;
  sax.endElementNs = end;
  sax.characters = chars;
  sax.ignorableWhitespace = chars;
  sax.cdataBlock = chars;
  xmlSetGenericErrorFunc(NULL, quiet);
  n = read(fd, buf, 4);
  ctxt = xmlCreatePushParserCtxt(&sax, NULL, buf, n > 0 ? (int)n : 0, argv[1]);
  if (ctxt == NULL)
    return 2;
  xmlCtxtUseOptions(ctxt, XML_PARSE_NONET);
  while ((n = read(fd, buf, sizeof buf)) > 0)
    if (xmlParseChunk(ctxt, buf, (int)n, 0) != 0)
      break;
  xmlParseChunk(ctxt, buf, 0, 1);
  ok = ctxt->wellFormed && ctxt->nsWellFormed;
  printf("%ld %ld %ld\n", elements, attributes, text);
  xmlFreeParserCtxt(ctxt);
  return ok ? 0 : 1;
}
