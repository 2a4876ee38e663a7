package io.millrace.tests.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a file of this repository may not contain, by its path. A finding reads {@code path:line:
 * what is wrong and what to do}. The words looked for are put together here so that this file may
 * be checked too.
 */
final class HouseRules {
  static final int LONGEST_FILE = 400;
  static final int LONGEST_README = 60;
  static final int LONGEST_FIRST_PAGE = 149;

  /**
   * What people write and read line by line; data, licences, poms and the REST contract, which is
   * served as one file, are as long as they are.
   */
  private static final Set<String> CODE =
      Set.of("java", "sql", "sh", "js", "css", "html", "yaml", "yml", "md");

  private record Word(Pattern pattern, boolean onlyInTests, String advice) {}

  private static final List<Word> WORDS =
      List.of(
          word("\\b(FIX" + "ME|XX" + "X)\\b", "finish it, or write an issue"),
          word(
              "(?<![\\w./:])/(work|ro" + "ot|ho" + "me/\\w+|Us" + "ers/\\w+)/",
              "a path of one machine: take it from the working folder or a temporary one"),
          word(
              "(?i)\\b(repo1?\\.maven\\.|regis"
                  + "try\\.npmjs|art"
                  + "ifactory|nex"
                  + "us[-./]|\\.jfr"
                  + "og\\.)",
              "a registry's host belongs in the user's own settings"),
          new Word(
              Pattern.compile("Thread\\.sle" + "ep\\("),
              true,
              "a test does not sleep: wait for the outcome with Awaitility or a latch"),
          new Word(
              Pattern.compile("^\\s*@Dis" + "abled\\b"),
              true,
              "a test that does not run proves nothing: mend it or delete it"));

  private HouseRules() {}

  /** The findings in one file; {@code path} is relative to the repository, with slashes. */
  static List<String> findings(String path, String text) {
    List<String> found = new ArrayList<>();
    boolean test = path.contains("/src/test/");
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String at = path + ":" + (i + 1) + ": ";
      if (line.indexOf('\t') >= 0) {
        found.add(at + "a tab: indent with spaces");
      }
      if (line.endsWith(" ") || line.endsWith("\t")) {
        found.add(at + "trailing white space");
      }
      for (Word word : WORDS) {
        if ((test || !word.onlyInTests) && word.pattern.matcher(line).find()) {
          found.add(at + word.advice + ": " + line.strip());
        }
      }
    }
    if (text.indexOf('\r') >= 0) {
      found.add(path + ": carriage returns: end lines with a line feed alone");
    }
    if (!text.isEmpty() && !text.endsWith("\n")) {
      found.add(path + ": no line feed at the end");
    }
    int limit =
        isModuleReadme(path)
            ? LONGEST_README
            : path.equals("README.md") ? LONGEST_FIRST_PAGE : LONGEST_FILE;
    if (CODE.contains(extension(path)) && !path.contains("/openapi/") && lines.size() > limit) {
      found.add(
          path + ": " + lines.size() + " lines, at most " + limit + ": part it by what it does");
    }
    return found;
  }

  private static boolean isModuleReadme(String path) {
    return path.matches("[a-z]+/README\\.md");
  }

  static String extension(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private static Word word(String pattern, String advice) {
    return new Word(Pattern.compile(pattern), false, advice);
  }
}
