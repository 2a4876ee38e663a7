package io.millrace.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The catalog's file format: YAML with a closed schema, checked as a whole before any of it counts.
 * The templates beside this class show it; the module's README lists the codes of its problems.
 */
public final class CatalogFile {

  private CatalogFile() {}

  /** What reading a file comes to. */
  public sealed interface Result {

    /** The file holds a catalog, and nothing is wrong with it. */
    record Accepted(Catalog catalog) implements Result {}

    /**
     * The file can't be used.
     *
     * @param problems one at least, 100 at most, in the file's order
     */
    record Rejected(List<Problem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads and checks a catalog. Throws nothing, whatever the bytes.
   *
   * @param fileName as the user named it, for problems only
   * @param bytes the file's, UTF-8, 1 MiB at most
   */
  public static Result read(String fileName, byte[] bytes) {
    Problems problems = new Problems(fileName);
    Yaml root = YamlReader.read(bytes, problems);
    Catalog catalog = root == null ? null : new CatalogReader(problems).catalog(root, hash(bytes));
    if (catalog != null) {
      return new Result.Accepted(catalog);
    }
    assert !problems.none() : "a catalog was refused without a problem";
    return new Result.Rejected(problems.sorted());
  }

  /**
   * A template that comes with the product.
   *
   * @param name like {@code smart-city.yaml}
   * @throws IllegalArgumentException where there is none of that name
   */
  public static byte[] template(String name) {
    try (InputStream in = CatalogFile.class.getResourceAsStream("templates/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no template " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading the template " + name, e);
    }
  }

  /** SHA-256 of a file's bytes, lower-case hex: the identity of a catalog's version. */
  public static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
