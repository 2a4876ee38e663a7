package io.millrace.ops.rest;

import io.millrace.ops.Refusal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of JSON Schema that the contract's requests use: string (with length, pattern, enum,
 * date-time), integer (with bounds), boolean, and objects of those whose members are all named.
 */
final class Schema {
  private final String type;
  private final Map<String, Object> keywords;
  private final @Nullable Pattern pattern;
  private final Map<String, Schema> properties = new LinkedHashMap<>();

  private Schema(Map<String, Object> keywords) {
    this.keywords = keywords;
    this.type = String.valueOf(keywords.get("type"));
    this.pattern = keywords.get("pattern") instanceof String p ? Pattern.compile(p) : null;
  }

  /**
   * Reads a schema of the contract.
   *
   * @param node its keywords, references resolved
   */
  static Schema of(Map<String, Object> node, Contract.Resolver resolver) {
    Schema schema = new Schema(node);
    if (node.get("properties") instanceof Map<?, ?> members) {
      members.forEach(
          (name, member) ->
              schema.properties.put(String.valueOf(name), of(resolver.resolve(member), resolver)));
    }
    return schema;
  }

  /** What stands for a value that isn't there. */
  @Nullable Object otherwise() {
    return keywords.get("default") instanceof Integer n
        ? (Object) n.longValue()
        : keywords.get("default");
  }

  /** The value that a text of a path or query stands for: a String, Long, Boolean or Instant. */
  Object read(String name, String text) throws Refusal {
    return switch (type) {
      case "integer" -> {
        if (!text.matches("-?\\d{1,18}")) {
          throw wrong(name, "is a whole number");
        }
        yield check(name, Long.valueOf(text));
      }
      case "boolean" -> {
        if (!text.equals("true") && !text.equals("false")) {
          throw wrong(name, "is true or false");
        }
        yield text.equals("true");
      }
      default -> check(name, text);
    };
  }

  /** A value of a body, checked. */
  Object check(String name, Object value) throws Refusal {
    switch (type) {
      case "integer" -> {
        long least = keywords.get("minimum") instanceof Number n ? n.longValue() : Long.MIN_VALUE;
        long most = keywords.get("maximum") instanceof Number n ? n.longValue() : Long.MAX_VALUE;
        if (!(value instanceof Long n) || n < least || n > most) {
          throw wrong(name, "is a whole number from " + least + " to " + most);
        }
        return value;
      }
      case "boolean" -> {
        if (!(value instanceof Boolean)) {
          throw wrong(name, "is true or false");
        }
        return value;
      }
      case "object" -> {
        return checkMembers(name, value);
      }
      default -> {
        return checkText(name, value);
      }
    }
  }

  private Object checkText(String name, Object value) throws Refusal {
    if (!(value instanceof String text)) {
      throw wrong(name, "is a string");
    }
    int least = keywords.get("minLength") instanceof Integer n ? n : 0;
    int most = keywords.get("maxLength") instanceof Integer n ? n : 512;
    if (text.length() < least || text.length() > most) {
      throw wrong(name, "has " + least + " to " + most + " characters");
    }
    if (pattern != null && !pattern.matcher(text).matches()) {
      throw wrong(name, "matches " + pattern);
    }
    if (keywords.get("enum") instanceof List<?> words && !words.contains(text)) {
      throw wrong(name, "is one of " + words);
    }
    return "date-time".equals(keywords.get("format")) ? instant(name, text) : text;
  }

  private static Instant instant(String name, String text) throws Refusal {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw wrong(name, "is an RFC 3339 time like 2026-11-02T00:00:00Z");
    }
  }

  private Map<String, Object> checkMembers(String name, Object value) throws Refusal {
    if (!(value instanceof Map<?, ?> members)) {
      throw wrong(name, "is an object");
    }
    Map<String, Object> checked = new LinkedHashMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      Schema schema = properties.get(member.getKey());
      if (schema == null) {
        throw wrong(name, "has no other members than " + properties.keySet());
      }
      String each = String.valueOf(member.getKey());
      checked.put(each, schema.check(each, member.getValue()));
    }
    properties.forEach(
        (member, schema) -> {
          Object otherwise = schema.otherwise();
          if (otherwise != null) {
            checked.putIfAbsent(member, otherwise);
          }
        });
    if (keywords.get("required") instanceof List<?> required) {
      for (Object each : required) {
        if (!checked.containsKey(each)) {
          throw wrong(name, "has a member " + each);
        }
      }
    }
    return checked;
  }

  /** Says what would be right; never repeats what was sent. */
  private static Refusal wrong(String name, String right) {
    return new Refusal(
        Refusal.Kind.MISUSE,
        "bad-parameter",
        "`" + name + "` is not what the contract says",
        "`" + name + "` " + right + "; see /openapi.yaml");
  }
}
