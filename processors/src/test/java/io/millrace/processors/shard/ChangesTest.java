package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private final TreeMap<Long, One> all = new TreeMap<>();
  private final Changes<One> changes =
      new Changes<>(0, each -> all.values().forEach(each), all::get, one -> one.id);

  private static final class One extends Changes.Listed {
    final long id;

    One(long id) {
      this.id = id;
    }

    @Override
    public String toString() {
      return id + "@" + changedSeq;
    }
  }

  private One changed(long id, long seq) {
    One one = all.computeIfAbsent(id, One::new);
    one.changedSeq = seq;
    changes.add(one);
    return one;
  }

  private String since(long seq) {
    return changes.since(seq).toString();
  }

  @Test
  void since_namesWhatHasChangedAfterItByIdsEachOnce() {
    changed(3, 1);
    changed(1, 1);
    changed(3, 2);
    assertEquals("[1@1, 3@2]", since(0));
    assertEquals("[3@2]", since(1));
    assertEquals("[3@2]", since(1));
    assertEquals("[]", since(2));
    changed(1, 3);
    assertEquals("[1@3]", since(2));
    assertEquals("[1@3, 3@2]", since(0));
  }

  @Test
  void undone_isNotNamedAndIsAgainWhenItChangesAgain() {
    One one = changed(1, 1);
    assertEquals("[]", since(1));
    changed(1, 2);
    one.changedSeq = 1;
    changed(2, 2);
    all.remove(2L);
    assertEquals("[]", since(1));
    changed(1, 2);
    changed(2, 2);
    assertEquals("[1@2, 2@2]", since(1));
  }

  @Test
  void taken_isNamedAgainOnlyAfterAnotherChange() {
    changed(1, 1);
    changed(2, 2);
    assertEquals(List.of(all.get(2L)), changes.takeSince(1));
    assertEquals("[]", changes.takeSince(1).toString());
    changed(1, 3);
    assertEquals("[1@3]", changes.takeSince(2).toString());
  }
}
