package io.millrace.tests.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The text files of this repository, as they lie in the working folder. */
public final class Repository {
  private static final Set<String> SKIPPED = Set.of("target", "data", ".git", ".idea", ".vscode");
  private static final Set<String> TEXT =
      Set.of(
          "java",
          "xml",
          "sql",
          "sh",
          "js",
          "css",
          "html",
          "yaml",
          "yml",
          "json",
          "md",
          "options",
          "properties",
          "gitignore");
  private static final Set<String> TEXT_BY_PATH = Set.of("millrace", ".ci/run", "LICENSE");

  private Repository() {}

  /** The folder that holds the launcher, looked for from the working folder upwards. */
  public static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("millrace")) && Files.isDirectory(at.resolve("tests"))) {
        return at;
      }
    }
    throw new IllegalStateException(
        "no folder above " + Path.of("").toAbsolutePath() + " holds the launcher");
  }

  /** Text by path relative to the root, with slashes, in order. */
  static Map<String, String> textFiles() throws IOException {
    Path root = root();
    Map<String, String> files = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean skip =
                SKIPPED.contains(folder.getFileName().toString()) && !folder.equals(root);
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String path = root.relativize(file).toString().replace('\\', '/');
            if (TEXT_BY_PATH.contains(path) || TEXT.contains(HouseRules.extension(path))) {
              files.put(path, read(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is not UTF-8 text", e);
    }
  }
}
