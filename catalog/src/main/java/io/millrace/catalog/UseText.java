package io.millrace.catalog;

import io.millrace.catalog.CatalogTest.Use;
import java.util.ArrayList;
import java.util.List;

/** An event that a person writes down, in the words of a catalog's tests. */
public final class UseText {

  private UseText() {}

  /** What reading it comes to. */
  public sealed interface Result {

    /** The events that it stands for: one, or as many as its {@code times} says. */
    record Accepted(List<Use> uses) implements Result {
      public Accepted {
        uses = List.copyOf(uses);
      }
    }

    /** It can't be used; one problem at least. */
    record Rejected(List<Problem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads and checks an event like {@code {at: 2026-11-02T10:00, wh: 5}}. Throws nothing, whatever
   * the bytes.
   *
   * @param name of it, for problems
   * @param bytes UTF-8
   */
  public static Result read(String name, byte[] bytes, Catalog catalog) {
    Problems problems = new Problems(name);
    Yaml root = YamlReader.read(bytes, problems);
    List<Use> uses = new ArrayList<>();
    if (root != null && new UseReader(problems, catalog).read(root, uses) && problems.none()) {
      return new Result.Accepted(uses);
    }
    return new Result.Rejected(problems.sorted());
  }
}
