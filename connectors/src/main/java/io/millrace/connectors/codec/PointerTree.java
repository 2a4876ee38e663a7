package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON pointers (RFC 6901) as the tree that they make in a document, so that one pass finds what
 * all of them point at. Immutable.
 */
final class PointerTree {
  private static final int MOST_STEPS = 16;

  private final byte[][] name;
  private final int[] index;
  private final PointerTree[] child;
  private final int[] slots;

  private PointerTree(Node node) {
    int n = node.children.size();
    name = new byte[n][];
    index = new int[n];
    child = new PointerTree[n];
    int i = 0;
    for (Map.Entry<String, Node> entry : node.children.entrySet()) {
      name[i] = entry.getKey().getBytes(StandardCharsets.UTF_8);
      index[i] =
          entry.getKey().matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(entry.getKey()) : -1;
      child[i++] = new PointerTree(entry.getValue());
    }
    slots = node.slots.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The tree of pointers; each one's slot is its place in the list.
   *
   * @throws IllegalArgumentException names one that is no pointer
   */
  static PointerTree of(List<String> pointers) {
    Node root = new Node();
    for (int slot = 0; slot < pointers.size(); slot++) {
      Node node = root;
      for (String step : steps(pointers.get(slot))) {
        node = node.children.computeIfAbsent(step, s -> new Node());
      }
      node.slots.add(slot);
    }
    return new PointerTree(root);
  }

  private static List<String> steps(String pointer) {
    if (pointer.isEmpty()) {
      return List.of();
    }
    if (pointer.charAt(0) != '/' || pointer.replaceAll("~[01]", "").indexOf('~') >= 0) {
      throw new IllegalArgumentException(
          "`" + pointer + "` is no JSON pointer; write /member/0/member, ~1 for / and ~0 for ~");
    }
    List<String> steps = new ArrayList<>();
    for (String step : pointer.substring(1).split("/", -1)) {
      steps.add(step.replace("~1", "/").replace("~0", "~"));
    }
    if (steps.size() > MOST_STEPS) {
      throw new IllegalArgumentException("`" + pointer + "` is deeper than " + MOST_STEPS);
    }
    return steps;
  }

  /** What points at this place. */
  int[] slots() {
    return slots;
  }

  /** The member with this name where anything points at it or into it. */
  @Nullable PointerTree member(JsonScanner scanner) {
    for (int i = 0; i < name.length; i++) {
      if (name[i].length == scanner.length
          && CloudEventsCodec.same(scanner.bytes, scanner.from, name[i])) {
        return child[i];
      }
    }
    return null;
  }

  /** The element with this index where anything points at it or into it. */
  @Nullable PointerTree element(int at) {
    for (int i = 0; i < index.length; i++) {
      if (index[i] == at) {
        return child[i];
      }
    }
    return null;
  }

  private static final class Node {
    final Map<String, Node> children = new LinkedHashMap<>();
    final List<Integer> slots = new ArrayList<>();
  }
}
