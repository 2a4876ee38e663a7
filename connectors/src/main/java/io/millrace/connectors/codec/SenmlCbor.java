package io.millrace.connectors.codec;

import java.util.HashSet;
import java.util.Set;

/** SenML in CBOR (RFC 8428, 6): labels are small numbers, or text for those that have none. */
final class SenmlCbor implements SenmlReader {
  private static final String[] BASES = {"", "bver", "bn", "bt", "bu", "bv", "bs"};
  private static final String[] FIELDS = {"n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"};

  private final CborScanner scanner = new CborScanner();
  private final Set<String> seen = new HashSet<>();
  private long left;
  private boolean isGood;

  @Override
  public boolean begin(byte[] pack, int from, int length) {
    scanner.begin(pack, from, length);
    left = scanner.array();
    isGood = left != CborScanner.BAD;
    return isGood;
  }

  @Override
  public boolean hasNext() {
    if (!isGood || left == 0) {
      return false;
    }
    if (left == CborScanner.INDEFINITE && scanner.takeBreak()) {
      left = 0;
      return false;
    }
    return true;
  }

  @Override
  public boolean next(SenmlRecord into) {
    into.clear();
    isGood = record(into);
    left = left > 0 ? left - 1 : left;
    return isGood;
  }

  @Override
  public boolean hasEnded() {
    return isGood && left == 0 && scanner.atEnd();
  }

  @Override
  public int position() {
    return scanner.position();
  }

  @Override
  public boolean alone(byte[] record, int from, int length, SenmlRecord into) {
    scanner.begin(record, from, length);
    into.clear();
    return record(into) && scanner.atEnd();
  }

  private boolean record(SenmlRecord into) {
    long members = scanner.map();
    if (members == CborScanner.BAD) {
      return false;
    }
    seen.clear();
    for (long i = 0; i != members; i++) {
      if (members == CborScanner.INDEFINITE && scanner.takeBreak()) {
        return true;
      }
      if (!member(into)) {
        return false;
      }
    }
    return true;
  }

  private boolean member(SenmlRecord into) {
    String label;
    if (scanner.isText()) {
      if (!scanner.text()) {
        return false;
      }
      label = scanner.string();
    } else if (scanner.isInteger()) {
      label = label(scanner.integer());
    } else {
      return false;
    }
    if (!seen.add(label)) {
      return false;
    }
    if (!SenmlRecord.isKnown(label)) {
      into.isForeign |= label.endsWith("_");
      return scanner.skip();
    }
    if (scanner.isText()) {
      return scanner.text() && into.text(label, scanner.string());
    }
    if (label.equals("vb") || label.equals("vd")) {
      into.hasOtherValue = true;
      return scanner.skip();
    }
    return scanner.isNumber() && into.number(label, scanner.number()) && scanner.isGood();
  }

  private static String label(long number) {
    if (number >= 0 && number < FIELDS.length) {
      return FIELDS[(int) number];
    }
    return number < 0 && -number < BASES.length ? BASES[(int) -number] : Long.toString(number);
  }
}
