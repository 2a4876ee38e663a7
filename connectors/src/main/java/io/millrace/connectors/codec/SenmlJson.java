package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;

/** SenML in JSON (RFC 8428, 5). */
final class SenmlJson implements SenmlReader {
  private final JsonScanner scanner = new JsonScanner();
  private boolean first;
  private boolean isGood;
  private boolean closed;

  @Override
  public boolean begin(byte[] pack, int from, int length) {
    scanner.begin(pack, from, length);
    first = true;
    closed = false;
    isGood = scanner.take('[');
    return isGood;
  }

  @Override
  public boolean hasNext() {
    if (!isGood || closed) {
      return false;
    }
    boolean comma = !first && scanner.take(',');
    if (comma || first && scanner.peek() == '{') {
      first = false;
      scanner.peek(); // behind white space
      return true;
    }
    closed = scanner.take(']');
    isGood = closed;
    return false;
  }

  @Override
  public boolean next(SenmlRecord into) {
    into.clear();
    isGood = record(into);
    return isGood;
  }

  @Override
  public boolean hasEnded() {
    return isGood && closed && scanner.atEnd();
  }

  @Override
  public int position() {
    return scanner.at;
  }

  @Override
  public boolean alone(byte[] record, int from, int length, SenmlRecord into) {
    scanner.begin(record, from, length);
    into.clear();
    return record(into) && scanner.atEnd();
  }

  private boolean record(SenmlRecord into) {
    if (!scanner.take('{')) {
      return false;
    }
    int mark = scanner.enter();
    if (!scanner.take('}')) {
      do {
        if (!scanner.name(mark) || !member(into)) {
          return false;
        }
      } while (scanner.take(','));
      if (!scanner.take('}')) {
        return false;
      }
    }
    scanner.leave(mark);
    return true;
  }

  private boolean member(SenmlRecord into) {
    String label = text();
    if (!SenmlRecord.isKnown(label)) {
      into.isForeign |= label.endsWith("_");
      return scanner.skip();
    }
    int begins = scanner.peek();
    if (begins == '"') {
      return scanner.take('"') && scanner.string() && into.text(label, text());
    }
    if (label.equals("vb")) {
      into.hasOtherValue = true;
      return (begins == 't' || begins == 'f') && scanner.skip();
    }
    return begins != '{'
        && begins != '['
        && scanner.number()
        && into.number(label, Decimals.read(scanner.bytes, scanner.from, scanner.length));
  }

  private String text() {
    return new String(scanner.bytes, scanner.from, scanner.length, StandardCharsets.UTF_8);
  }
}
