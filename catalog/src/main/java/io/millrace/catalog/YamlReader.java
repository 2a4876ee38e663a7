package io.millrace.catalog;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.Event.ID;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML 1.2 document into {@link Yaml}, or says why it can't. What makes YAML dangerous is
 * refused before anything is built: anchors and aliases, deep nesting, large files.
 */
final class YamlReader {

  /** Bytes of a file. A catalog of 10,000 offers is a third of it. */
  static final int MAX_BYTES = 1 << 20;

  /** Levels of nesting; a catalog needs five. */
  static final int MAX_DEPTH = 16;

  private final Problems problems;

  private YamlReader(Problems problems) {
    this.problems = problems;
  }

  /** The document, or null where a problem was added. */
  static @Nullable Yaml read(byte[] bytes, Problems problems) {
    return new YamlReader(problems).document(bytes);
  }

  private @Nullable Yaml document(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      problems.add(
          1,
          1,
          "too-large",
          "the file has " + bytes.length + " bytes",
          "Split it: a catalog has " + MAX_BYTES + " bytes at most");
      return null;
    }
    String text = decode(bytes);
    if (text == null) {
      return null;
    }
    try {
      return document(text);
    } catch (Refused refused) {
      return null;
    } catch (ReaderException e) {
      add(
          text,
          e.getPosition(),
          "bad-character",
          "a character that YAML does not allow",
          "Remove it");
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      problems.add(
          mark.map(Mark::getLine).orElse(0) + 1,
          mark.map(Mark::getColumn).orElse(0) + 1,
          "bad-yaml",
          Problems.quote(String.valueOf(e.getProblem())),
          "Check indentation, quotes and brackets here and on the line before");
    } catch (YamlEngineException e) {
      problems.add(1, 1, "bad-yaml", "this is not YAML", "Start from a template");
    }
    return null;
  }

  private @Nullable Yaml document(String text) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_BYTES).build();
    Iterator<Event> events = new Parse(settings).parseString(text).iterator();
    Yaml root = null;
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
        case DocumentStart -> {
          if (root != null) {
            throw refuse(event, "two-documents", "a second document begins", "Keep one in a file");
          }
        }
        default -> root = value(event, events, 1);
      }
    }
    if (root == null) {
      problems.add(1, 1, "empty-file", "the file says nothing", "Start from a template");
    }
    return root;
  }

  private Yaml value(Event event, Iterator<Event> events, int depth) {
    int line = line(event);
    int column = column(event);
    if (event instanceof AliasEvent
        || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
      throw refuse(
          event,
          "no-anchors",
          "anchors (&) and aliases (*) are not part of the language",
          "Write the value out");
    }
    if (depth > MAX_DEPTH) {
      throw refuse(
          event,
          "too-deep",
          "more than " + MAX_DEPTH + " levels of nesting",
          "See a template for the catalog's shape");
    }
    return switch (event.getEventId()) {
      case Scalar -> new Yaml.Scalar(line, column, ((ScalarEvent) event).getValue());
      case SequenceStart -> {
        List<Yaml> items = new ArrayList<>();
        for (Event e = events.next(); e.getEventId() != ID.SequenceEnd; e = events.next()) {
          items.add(value(e, events, depth + 1));
        }
        yield new Yaml.Sequence(line, column, items);
      }
      case MappingStart -> {
        List<Yaml.Entry> entries = new ArrayList<>();
        for (Event e = events.next(); e.getEventId() != ID.MappingEnd; e = events.next()) {
          if (!(value(e, events, depth + 1) instanceof Yaml.Scalar key)) {
            throw refuse(e, "bad-type", "a key must be a word", "Write 'key: value'");
          }
          entries.add(new Yaml.Entry(key, value(events.next(), events, depth + 1)));
        }
        yield new Yaml.Mapping(line, column, entries);
      }
      default -> throw new AssertionError("not a value: " + event.getEventId());
    };
  }

  private @Nullable String decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      add(
          text,
          Integer.MAX_VALUE,
          "not-utf-8",
          "a byte that is not UTF-8",
          "Save the file as UTF-8");
      return null;
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Adds a problem at a code point of the text. */
  private void add(String text, int codePoint, String code, String message, String fix) {
    int length = text.codePointCount(0, text.length());
    String before = text.substring(0, text.offsetByCodePoints(0, Math.min(codePoint, length)));
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int lineStart = before.lastIndexOf('\n') + 1;
    int column = 1 + before.codePointCount(lineStart, before.length());
    problems.add(line, column, code, message, fix);
  }

  private Refused refuse(Event event, String code, String message, String fix) {
    problems.add(line(event), column(event), code, message, fix);
    return new Refused();
  }

  private static int line(Event event) {
    return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  private static int column(Event event) {
    return event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
  }

  /** Ends the reading; the problem has been added. */
  private static final class Refused extends RuntimeException {
    Refused() {
      super("refused", null, false, false);
    }
  }
}
