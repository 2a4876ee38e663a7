package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a JSON document that takes what pointers point at. What is {@code null} is not
 * there. Used again for document after document; checks all of it as {@link JsonScanner} does.
 */
final class PointerScan {
  static final int MISSING = 0;
  static final int STRING = 1;
  static final int NUMBER = 2;

  /** An object or an array, which have no text. */
  static final int OTHER = 3;

  /** True or false, which is its text. */
  static final int BOOLEAN = 4;

  static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

  private final JsonScanner scanner = new JsonScanner();
  private final PointerTree tree;
  private final int[] kind;
  private final Text[] text;
  private final int arraySlot;

  /** Where the array that holds the events begins and ends; -1 where none was found. */
  int arrayFrom;

  int arrayTo;

  /**
   * A scan for pointers.
   *
   * @param pointers each one's slot is its place in the list
   * @param arraySlot of the one that points at an array which is only found, not looked into; -1
   *     where none does
   */
  PointerScan(List<String> pointers, int arraySlot) {
    tree = PointerTree.of(pointers);
    kind = new int[pointers.size()];
    text = new Text[pointers.size()];
    Arrays.setAll(text, i -> new Text());
    this.arraySlot = arraySlot;
  }

  /** Scans a document; says why it is none, or null. */
  @Nullable Reason scan(byte[] document, int from, int length) {
    Arrays.fill(kind, MISSING);
    arrayFrom = -1;
    scanner.begin(document, from, length);
    return value(tree, document, from + length) && scanner.atEnd() ? null : scanner.reason;
  }

  private boolean value(@Nullable PointerTree node, byte[] document, int end) {
    if (node == null) {
      return scanner.skip();
    }
    int first = scanner.peek();
    for (int slot : node.slots()) {
      if (slot == arraySlot && first == '[') {
        arrayFrom = scanner.at;
        arrayTo = JsonSlices.valueEnd(document, arrayFrom, end);
        scanner.at = arrayTo;
        return arrayTo > arrayFrom + 1 && document[arrayTo - 1] == ']';
      }
    }
    return switch (first) {
      case '{' -> object(node, document, end) && noted(node, OTHER);
      case '[' -> array(node, document, end) && noted(node, OTHER);
      case '"' -> scanner.take('"') && scanner.string() && noted(node, STRING);
      case 'n' -> scanner.skip();
      case 't', 'f' -> scanner.skip() && said(node, first == 't' ? TRUE : FALSE);
      default -> scanner.number() && noted(node, NUMBER);
    };
  }

  private boolean said(PointerTree node, byte[] word) {
    for (int slot : node.slots()) {
      kind[slot] = BOOLEAN;
      text[slot].point(word, 0, word.length);
    }
    return true;
  }

  private boolean noted(PointerTree node, int what) {
    for (int slot : node.slots()) {
      kind[slot] = what;
      if (what == OTHER) {
        text[slot].clear();
      } else if (scanner.isEscaped()) {
        text[slot].keep(scanner.bytes, scanner.from, scanner.length);
      } else {
        text[slot].point(scanner.bytes, scanner.from, scanner.length);
      }
    }
    return true;
  }

  private boolean object(PointerTree node, byte[] document, int end) {
    scanner.take('{');
    int mark = scanner.enter();
    if (scanner.tooDeep()) {
      return false;
    }
    if (!scanner.take('}')) {
      do {
        if (!scanner.name(mark) || !value(node.member(scanner), document, end)) {
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

  private boolean array(PointerTree node, byte[] document, int end) {
    scanner.take('[');
    int mark = scanner.enter();
    if (scanner.tooDeep()) {
      return false;
    }
    if (!scanner.take(']')) {
      int index = 0;
      do {
        if (!value(node.element(index++), document, end)) {
          return false;
        }
      } while (scanner.take(','));
      if (!scanner.take(']')) {
        return false;
      }
    }
    scanner.leave(mark);
    return true;
  }

  int kind(int slot) {
    return kind[slot];
  }

  Text text(int slot) {
    return text[slot];
  }

  private static boolean hasText(int kind) {
    return kind == STRING || kind == NUMBER || kind == BOOLEAN;
  }

  /** Writes what the slots hold, for {@link #read}. */
  void write(ByteWriter out) {
    for (int slot = 0; slot < kind.length; slot++) {
      out.u8(kind[slot]);
      if (hasText(kind[slot])) {
        out.varint(text[slot].length);
        out.raw(text[slot].bytes, text[slot].from, text[slot].length);
      }
    }
  }

  /** Takes what was written. */
  void read(ByteReader in) {
    for (int slot = 0; slot < kind.length; slot++) {
      kind[slot] = in.u8();
      text[slot].clear();
      if (hasText(kind[slot])) {
        byte[] bytes = in.bytes();
        text[slot].point(bytes, 0, bytes.length);
      }
    }
  }
}
