package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of {@code data} that any type of event reads, as the tree they make in it; each one
 * is a slot. So one pass finds all readings, wherever the event says its type. Immutable.
 */
final class ReadingTree {

  static final String ROOT = "data.";

  /** A reading that always is 1: the event itself is counted. */
  static final int COUNTED = -1;

  private static final int NO_SLOT = -2;

  private final byte[][] name;
  private final ReadingTree[] child;
  private final int slot;
  private final int textSlot;

  private ReadingTree(Node node) {
    name = new byte[node.children.size()][];
    child = new ReadingTree[name.length];
    slot = node.slot;
    textSlot = node.textSlot;
    int i = 0;
    for (Map.Entry<String, Node> entry : node.children.entrySet()) {
      name[i] = entry.getKey().getBytes(StandardCharsets.UTF_8);
      child[i++] = new ReadingTree(entry.getValue());
    }
  }

  /**
   * The tree of all types' readings.
   *
   * @param slots is given, for each type, the slot of each of its readings or {@link #COUNTED}
   * @param texts the slots of texts, by path
   */
  static ReadingTree of(List<EventType> types, List<int[]> slots, Map<String, Integer> texts) {
    Node root = new Node();
    List<Node> taken = new ArrayList<>();
    for (EventType type : types) {
      int[] ofType = new int[type.readings().size()];
      for (int i = 0; i < ofType.length; i++) {
        ofType[i] = slot(root, type.readings().get(i).path(), taken);
      }
      slots.add(ofType);
    }
    texts.forEach((path, slot) -> node(root, path).textSlot = slot);
    return new ReadingTree(root);
  }

  private static int slot(Node root, String path, List<Node> taken) {
    if (path.isEmpty()) {
      return COUNTED;
    }
    if (!path.startsWith(ROOT) || path.endsWith(".")) {
      throw new IllegalArgumentException("a reading is a member of data, data.member: " + path);
    }
    Node node = node(root, path);
    if (node.slot == NO_SLOT) {
      node.slot = taken.size();
      taken.add(node);
    }
    return node.slot;
  }

  private static Node node(Node root, String path) {
    Node node = root;
    for (String step : path.substring(ROOT.length()).split("\\.")) {
      node = node.children.computeIfAbsent(step, s -> new Node());
    }
    return node;
  }

  /** The member with this name where there is anything to read in it. */
  @Nullable ReadingTree child(JsonScanner scanner) {
    for (int i = 0; i < name.length; i++) {
      byte[] candidate = name[i];
      if (candidate.length == scanner.length
          && CloudEventsCodec.same(scanner.bytes, scanner.from, candidate)) {
        return child[i];
      }
    }
    return null;
  }

  boolean isReading() {
    return slot >= 0;
  }

  int slot() {
    return slot;
  }

  /** The slot of the text that is looked for here, negative where none is. */
  int textSlot() {
    return textSlot;
  }

  boolean hasChildren() {
    return child.length > 0;
  }

  private static final class Node {
    final Map<String, Node> children = new LinkedHashMap<>();
    int slot = NO_SLOT;
    int textSlot = NO_SLOT;
  }
}
