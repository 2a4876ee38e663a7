package io.millrace.connectors.codec;

import io.millrace.processors.shard.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A format and how a route configured it, named by its content: evidence carries the {@link #key},
 * so that it can be decoded for as long as it is kept, whatever the route says by then.
 *
 * @param format as {@code usage:<format>} names it
 * @param options those that the route gave, by name
 */
public record CodecSpec(String format, SortedMap<String, String> options) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-zA-Z0-9-]{0,39}");
  private static final int LONGEST_VALUE = 2_000;

  /** CloudEvents 1.0, structured, batched or binary, as the message says. */
  public static final CodecSpec CLOUD_EVENTS = new CodecSpec("cloudevents", new TreeMap<>());

  public CodecSpec {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    if (!NAME.matcher(format).matches()) {
      throw new IllegalArgumentException("no format has such a name: " + format);
    }
    options.forEach(
        (name, value) -> {
          if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("no option has such a name: " + name);
          }
          if (value.length() > LONGEST_VALUE || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(
                name + " must be one line of " + LONGEST_VALUE + " characters at most");
          }
        });
  }

  /** Of a format with these options. */
  public static CodecSpec of(String format, Map<String, String> options) {
    return new CodecSpec(format, new TreeMap<>(options));
  }

  /** It as text: its format, and an option a line. */
  public String text() {
    StringBuilder text = new StringBuilder(format).append('\n');
    options.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  /**
   * The spec that {@link #text} wrote.
   *
   * @throws IllegalArgumentException where it wrote no such text
   */
  public static CodecSpec parse(String text) {
    String[] lines = text.split("\n");
    TreeMap<String, String> options = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int at = lines[i].indexOf('=');
      if (at < 0) {
        throw new IllegalArgumentException("line " + (i + 1) + " is no option");
      }
      options.put(lines[i].substring(0, at), lines[i].substring(at + 1));
    }
    return new CodecSpec(lines[0], options);
  }

  /** SHA-256 of the text. */
  public byte[] hash() {
    return Digests.sha256().digest(text().getBytes(StandardCharsets.UTF_8));
  }

  /** The first 64 bits of the hash: what evidence names it by. */
  public long key() {
    return Digests.head(hash());
  }
}
