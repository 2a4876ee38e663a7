package io.millrace.ops.rest;

import io.millrace.ops.Refusal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of JSON Schema that the contract's requests use: string (with length, pattern, enum,
 * date-time), integer (with bounds), boolean, any of these three, arrays of those (with bounds),
 * and objects of those whose members are all named; or, with {@code additionalProperties: true},
 * whose other members are let through as they are; or maps (with bounds) of names of a pattern.
 */
final class Schema {
  static final String BAD = "bad-parameter";

  /** What is wrong with the members of open objects, told apart as 3GPP does. */
  static final String BAD_MEMBER = "bad-member";

  static final String BAD_MANDATORY = "bad-mandatory-member";
  static final String MISSING_MEMBER = "missing-member";

  private final String type;
  private final Map<String, Object> keywords;
  private final @Nullable Pattern pattern;
  private final Map<String, Schema> properties = new LinkedHashMap<>();
  private @Nullable Schema items;

  /** Of the members of a map, and of their names. */
  private @Nullable Schema each;

  private @Nullable Schema names;

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
    if (node.get("items") instanceof Map<?, ?> each) {
      schema.items = of(resolver.resolve(each), resolver);
    }
    if (node.get("additionalProperties") instanceof Map<?, ?> each
        && node.get("propertyNames") instanceof Map<?, ?> names) {
      schema.each = of(resolver.resolve(each), resolver);
      schema.names = of(resolver.resolve(names), resolver);
    }
    return schema;
  }

  /** Whether other members than those named are let through. */
  boolean isOpen() {
    return Boolean.TRUE.equals(keywords.get("additionalProperties"));
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
          throw wrong(BAD, name, "is a whole number");
        }
        yield check(name, Long.valueOf(text));
      }
      case "boolean" -> {
        if (!text.equals("true") && !text.equals("false")) {
          throw wrong(BAD, name, "is true or false");
        }
        yield text.equals("true");
      }
      default -> check(name, text);
    };
  }

  /** A value of a body, checked. */
  Object check(String name, Object value) throws Refusal {
    return check(BAD, name, value);
  }

  /** The same; what is wrong with it is refused by that code. */
  private Object check(String code, String name, Object value) throws Refusal {
    switch (type) {
      case "integer" -> {
        long least = keywords.get("minimum") instanceof Number n ? n.longValue() : Long.MIN_VALUE;
        long most = keywords.get("maximum") instanceof Number n ? n.longValue() : Long.MAX_VALUE;
        if (!(value instanceof Long n) || n < least || n > most) {
          throw wrong(code, name, "is a whole number from " + least + " to " + most);
        }
        return value;
      }
      case "boolean" -> {
        if (!(value instanceof Boolean)) {
          throw wrong(code, name, "is true or false");
        }
        return value;
      }
      case "object" -> {
        return each == null ? checkMembers(code, name, value) : checkMap(code, name, value);
      }
      case "[string, integer, boolean]" -> {
        if (!(value instanceof String || value instanceof Long || value instanceof Boolean)) {
          throw wrong(code, name, "is a string, a whole number, or true or false");
        }
        return value instanceof String ? checkText(code, name, value) : value;
      }
      case "array" -> {
        return checkItems(code, name, value);
      }
      default -> {
        return checkText(code, name, value);
      }
    }
  }

  private List<Object> checkItems(String code, String name, Object value) throws Refusal {
    int least = keywords.get("minItems") instanceof Integer n ? n : 0;
    int most = keywords.get("maxItems") instanceof Integer n ? n : 512;
    Schema each = items;
    if (!(value instanceof List<?> list)
        || each == null
        || list.size() < least
        || list.size() > most) {
      throw wrong(code, name, "is a list of " + least + " to " + most);
    }
    List<Object> checked = new ArrayList<>();
    for (Object item : list) {
      checked.add(each.check(code, name, item));
    }
    return checked;
  }

  private Object checkText(String code, String name, Object value) throws Refusal {
    if (!(value instanceof String text)) {
      throw wrong(code, name, "is a string");
    }
    int least = keywords.get("minLength") instanceof Integer n ? n : 0;
    int most = keywords.get("maxLength") instanceof Integer n ? n : 512;
    if (text.length() < least || text.length() > most) {
      throw wrong(code, name, "has " + least + " to " + most + " characters");
    }
    if (pattern != null && !pattern.matcher(text).matches()) {
      throw wrong(code, name, "matches " + pattern);
    }
    if (keywords.get("enum") instanceof List<?> words && !words.contains(text)) {
      throw wrong(code, name, "is one of " + words);
    }
    return "date-time".equals(keywords.get("format")) ? instant(code, name, text) : text;
  }

  private static Instant instant(String code, String name, String text) throws Refusal {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw wrong(code, name, "is an RFC 3339 time like 2026-11-02T00:00:00Z");
    }
  }

  /** In the order of their names: the one in which they came says nothing. */
  private Map<String, Object> checkMap(String code, String name, Object value) throws Refusal {
    Schema ofMember = each;
    Schema ofName = names;
    int most = keywords.get("maxProperties") instanceof Integer n ? n : 512;
    if (!(value instanceof Map<?, ?> members)
        || ofMember == null
        || ofName == null
        || members.size() > most) {
      throw wrong(code, name, "is an object of up to " + most + " members");
    }
    Map<String, Object> checked = new TreeMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      ofName.check(code, "a name in " + name, member.getKey());
      String one = String.valueOf(member.getKey());
      checked.put(one, ofMember.check(code, one, member.getValue()));
    }
    return checked;
  }

  private Map<String, Object> checkMembers(String code, String name, Object value) throws Refusal {
    if (!(value instanceof Map<?, ?> members)) {
      throw wrong(code, name, "is an object");
    }
    List<?> required = keywords.get("required") instanceof List<?> some ? some : List.of();
    Map<String, Object> checked = new LinkedHashMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      Schema schema = properties.get(member.getKey());
      String each = String.valueOf(member.getKey());
      if (schema != null) {
        String bad = isOpen() ? required.contains(each) ? BAD_MANDATORY : BAD_MEMBER : BAD;
        checked.put(each, schema.check(bad, each, member.getValue()));
      } else if (isOpen()) {
        checked.put(each, member.getValue());
      } else {
        throw wrong(code, name, "has no other members than " + properties.keySet());
      }
    }
    properties.forEach(
        (member, schema) -> {
          Object otherwise = schema.otherwise();
          if (otherwise != null) {
            checked.putIfAbsent(member, otherwise);
          }
        });
    for (Object each : required) {
      if (!checked.containsKey(each)) {
        throw wrong(isOpen() ? MISSING_MEMBER : BAD, name, "has a member " + each);
      }
    }
    return checked;
  }

  /** Says what would be right; never repeats what was sent. */
  private static Refusal wrong(String code, String name, String right) {
    return new Refusal(
        Refusal.Kind.MISUSE,
        code,
        "`" + name + "` is not what the contract says",
        "`" + name + "` " + right + "; see /openapi.yaml");
  }
}
