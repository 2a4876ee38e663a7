package io.millrace.catalog;

import io.millrace.catalog.Meter.Where;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which events a meter is of: members of their data, and the texts that those may be. */
final class WhereReader {
  static final String WORD = "where";

  /** Members that are looked at, and texts that each may be, at most. */
  static final int MOST = 16;

  /** A text's length in UTF-8, at most. */
  static final int LONGEST = 64;

  private static final String EXAMPLE = "where: {data.kind: peak}";

  private final Problems problems;
  private final Scalars scalars;

  WhereReader(Problems problems) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
  }

  /** The meter of the events that its file says; null after adding a problem. */
  @Nullable Meter read(Fields meter, Meter all) {
    Yaml.Entry entry = meter.optional(WORD);
    if (entry == null) {
      return all;
    }
    Fields fields = Fields.of(entry.value(), entry.key(), "'where'", problems);
    if (fields == null) {
      return null;
    }
    if (fields.entries().isEmpty() || fields.entries().size() > MOST) {
      problems.add(
          entry.key(),
          "bad-where",
          "'where' asks for " + fields.entries().size() + " members of an event",
          "Write 1 to " + MOST + ", like '" + EXAMPLE + "'");
      return null;
    }
    List<Where> wheres = new ArrayList<>();
    for (Yaml.Entry each : fields.entries()) {
      String member = each.key().text();
      Set<String> texts = texts(each);
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
    return wheres.size() == fields.entries().size() ? all.with(wheres) : null;
  }

  private @Nullable Set<String> texts(Yaml.Entry entry) {
    List<Yaml> items =
        entry.value() instanceof Yaml.Sequence list ? list.items() : List.of(entry.value());
    Set<String> texts = new LinkedHashSet<>();
    for (Yaml item : items) {
      if (!(item instanceof Yaml.Scalar text)) {
        problems.add(item, "bad-type", "a text is asked for", "Write '" + EXAMPLE + "'");
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
    if (texts.isEmpty() || texts.size() > MOST) {
      problems.add(
          entry.key(),
          "bad-where",
          Problems.quote(entry.key().text()) + " may be " + texts.size() + " texts",
          "Write 1 to " + MOST + " of them");
      return null;
    }
    return texts;
  }
}
