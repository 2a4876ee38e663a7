package io.millrace.catalog;

import io.millrace.catalog.Meter.Where;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads which events a meter or the band of a price is of: members of their data, and the texts
 * that those may be.
 */
final class WhereReader {
  static final String WORD = "where";

  /** The same of a band. */
  static final String WHEN = "when";

  /** Members that are looked at, at most. */
  static final int MOST = 16;

  /** Texts that each may be, at most: so many as there are countries. */
  static final int MOST_TEXTS = 250;

  /** A text's length in UTF-8, at most. */
  static final int LONGEST = 64;

  private final Problems problems;
  private final Scalars scalars;

  WhereReader(Problems problems) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
  }

  /** The meter of the events that its file says; null after adding a problem. */
  @Nullable Meter read(Fields meter, Meter all) {
    List<Where> wheres = read(meter, WORD);
    return wheres == null ? null : all.with(wheres);
  }

  /** What must hold of events; nothing where the key is not there, null after adding a problem. */
  @Nullable List<Where> read(Fields of, String key) {
    Yaml.Entry entry = of.optional(key);
    if (entry == null) {
      return List.of();
    }
    Fields fields = Fields.of(entry.value(), entry.key(), "'" + key + "'", problems);
    if (fields == null) {
      return null;
    }
    if (fields.entries().isEmpty() || fields.entries().size() > MOST) {
      problems.add(
          entry.key(),
          "bad-where",
          "'" + key + "' asks for " + fields.entries().size() + " members of an event",
          "Write 1 to " + MOST + ", like '" + example(key) + "'");
      return null;
    }
    List<Where> wheres = new ArrayList<>();
    for (Yaml.Entry each : fields.entries()) {
      String member = each.key().text();
      Set<String> texts = texts(each, key);
      if (!MeterReader.VALUE.matcher(member).matches()) {
        scalars.reject(
            each.key(),
            "bad-value",
            "is not a member of the event's data",
            "Write data. and the member's name, like data.kind");
      } else if (texts != null) {
        wheres.add(new Where(member.substring("data.".length()), List.copyOf(texts)));
      }
    }
    return wheres.size() == fields.entries().size() ? wheres : null;
  }

  private static String example(String key) {
    return key + ": {data.kind: peak}";
  }

  private @Nullable Set<String> texts(Yaml.Entry entry, String key) {
    List<Yaml> items =
        entry.value() instanceof Yaml.Sequence list ? list.items() : List.of(entry.value());
    Set<String> texts = new LinkedHashSet<>();
    for (Yaml item : items) {
      if (!(item instanceof Yaml.Scalar text)) {
        problems.add(item, "bad-type", "a text is asked for", "Write '" + example(key) + "'");
        return null;
      }
      int length = text.text().getBytes(StandardCharsets.UTF_8).length;
      if (length == 0 || length > LONGEST || !texts.add(text.text())) {
        return scalars.reject(
            text,
            "bad-where",
            "is " + (length > 0 && length <= LONGEST ? "there twice" : "no text of an event's"),
            "Write texts of 1 to " + LONGEST + " bytes, each once");
      }
    }
    if (texts.isEmpty() || texts.size() > MOST_TEXTS) {
      problems.add(
          entry.key(),
          "bad-where",
          Problems.quote(entry.key().text()) + " may be " + texts.size() + " texts",
          "Write 1 to " + MOST_TEXTS + " of them");
      return null;
    }
    return texts;
  }
}
