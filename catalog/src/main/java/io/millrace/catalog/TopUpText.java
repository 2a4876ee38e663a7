package io.millrace.catalog;

import io.millrace.catalog.CatalogTest.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an account has and gets, on a line of a file, in the words of a catalog's tests. */
public final class TopUpText {

  private TopUpText() {}

  /** What reading it comes to. */
  public sealed interface Result {

    /** The account, and what it gets. */
    record Accepted(TopUp topUp) implements Result {}

    /** It can't be used; one problem at least. */
    record Rejected(List<Problem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads and checks a line like {@code {account: sim-1, allowance: extra, units: 500}}; JSON is
   * one too. Throws nothing, whatever the bytes.
   *
   * @param file as the user named it
   * @param line its number, from 1
   * @param bytes the line's, UTF-8
   */
  public static Result read(String file, int line, byte[] bytes, Catalog catalog) {
    Problems problems = new Problems(file);
    Yaml root = YamlReader.read(bytes, problems);
    @Nullable TopUp read =
        root == null ? null : new TopUpReader(problems, catalog).read(root, null);
    if (read != null && problems.none()) {
      Place place = new Place(line, read.place().column());
      return new Result.Accepted(new TopUp(place, read.account(), read.at(), read.paid()));
    }
    return new Result.Rejected(
        problems.sorted().stream()
            .map(p -> new Problem(file, line, p.column(), p.code(), p.message(), p.fix()))
            .toList());
  }
}
