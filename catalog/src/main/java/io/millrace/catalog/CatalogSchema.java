package io.millrace.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The JSON Schema (2020-12) of a catalog file, for editors: made of the tables that the readers
 * refuse unknown words by. It says which words stand where; that tiers meet, meters are known and
 * shares add up is the readers' to say.
 */
public final class CatalogSchema {

  private static final Map<String, Object> TRUE = Map.of("enum", List.of(true, "true"));
  static final Map<String, Object> TEXT = Map.of("type", List.of("string", "number", "boolean"));

  private CatalogSchema() {}

  /** The schema as a tree of maps, lists, texts, numbers and booleans, in a stable order. */
  public static Map<String, Object> tree() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "A catalog of Millrace");
    schema.putAll(catalog());
    Map<String, Object> defs = new TreeMap<>();
    defs.put("name", pattern(Scalars.NAME.pattern()));
    defs.put("number", number());
    defs.put("meter", MeterSchema.meter());
    defs.put("offer", offer());
    defs.put("allowance", AllowanceSchema.node());
    defs.put(
        "feature",
        object(
            FeatureReader.KEYS, FeatureReader.KEYS, Map.of("meter", ref("name"), "for", length())));
    defs.put("charge", charge());
    defs.put("band", band());
    defs.put("round", round());
    defs.put("tiers", list(tier(TierReader.PRICED, "per-unit", "flat")));
    defs.put("steps", list(tier(TierReader.STAIRS, "price")));
    defs.put("percents", list(tier(PercentReader.KEYS, "percent")));
    defs.put("share", list(share()));
    defs.put("sponsorship", sponsorship());
    schema.put("$defs", defs);
    return schema;
  }

  private static Map<String, Object> catalog() {
    Map<String, Object> values = new TreeMap<>();
    values.put("catalog", ref("name"));
    values.put("effective", TEXT);
    values.put("currency", node("type", "string", "pattern", "^[A-Z]{3}$"));
    values.put("zone", Map.of("type", "string"));
    values.put("period", length());
    values.put("tiers", node("type", "string", "enum", List.of("carry-on", "start-anew")));
    values.put("holidays", node("type", "array", "items", TEXT));
    values.put("meters", named("meter", 0));
    values.put("offers", named("offer", 1));
    values.put(FeatureReader.WORD, named("feature", 0));
    return object(
        CatalogReader.KEYS, Set.of("catalog", "effective", "currency", "zone", "offers"), values);
  }

  private static Map<String, Object> offer() {
    Map<String, Object> values = new TreeMap<>(terms());
    values.put("scope", oneOf(OfferReader.SCOPES.keySet()));
    values.put("window", length());
    values.put("grace", TEXT);
    values.put(AllowanceReader.WORD, list(ref("allowance")));
    values.put("charges", named("charge", 1));
    return object(OfferReader.KEYS, Set.of("scope", "window", "charges"), values);
  }

  private static Map<String, Object> terms() {
    return Map.of(
        "tax", ref("name"), "share", ref("share"), SponsorReader.WORD, ref("sponsorship"));
  }

  private static Map<String, Object> charge() {
    Map<String, Object> values = new TreeMap<>(terms());
    values.putAll(prices());
    values.put("meter", ref("name"));
    values.put(BundleReader.WORD, bundle());
    values.put("unit", MeterSchema.unit());
    values.put("round", ref("round"));
    values.put(BandedReader.WORD, list(ref("band")));
    values.put("recurring", ref("number"));
    values.put("every", oneOf(ChargeReader.EVERY.keySet()));
    values.put("prorate", oneOf(ChargeReader.PRORATED.keySet()));
    values.put(ChargeReader.ONE_OFF, ref("number"));
    CloseReader.BOUNDS.keySet().forEach(word -> values.put(word, ref("number")));
    values.put(CloseReader.DISCOUNT, ref("percents"));
    values.put("of", wordOrWords(TEXT));
    List<Object> kinds = new ArrayList<>();
    for (String shape : PriceReader.SHAPES) {
      Set<String> needed = new TreeSet<>(Set.of("meter", shape));
      Set<String> keys = needed;
      if (!PriceReader.UNMEASURED.contains(shape)) {
        keys = PriceReader.measured(shape);
        if (keys.contains("unit")) {
          needed.add("unit");
        }
      }
      kinds.add(kind(TermsReader.and(keys), needed));
    }
    kinds.add(
        kind(TermsReader.and(BandedReader.keys()), Set.of("meter", "unit", BandedReader.WORD)));
    kinds.add(kind(ChargeReader.RECURRING, Set.of("recurring", "every")));
    kinds.add(kind(TermsReader.and(Set.of(ChargeReader.ONE_OFF)), Set.of(ChargeReader.ONE_OFF)));
    for (String word : new TreeSet<>(CloseReader.BOUNDS.keySet())) {
      kinds.add(kind(TermsReader.and(CloseReader.keys(word)), CloseReader.keys(word)));
    }
    Set<String> discount = CloseReader.keys(CloseReader.DISCOUNT);
    kinds.add(kind(TermsReader.and(discount), discount));
    if (kinds.size() != ChargeReader.PRICES.size()) {
      throw new IllegalStateException("a price has no schema: " + ChargeReader.PRICES);
    }
    for (String shape : PriceReader.SHAPES) {
      if (!shape.equals(PriceReader.PERCENT)) {
        Set<String> keys = ChargeReader.bundle(shape);
        kinds.add(kind(TermsReader.and(keys), Set.of(BundleReader.WORD, shape)));
      }
    }
    return oneOfKinds(object(ChargeReader.ALL, Set.of(), values), kinds);
  }

  private static Map<String, Object> bundle() {
    Map<String, Object> bundle = node("type", "object", "minProperties", 1);
    bundle.put("propertyNames", ref("name"));
    bundle.put("additionalProperties", ref("number"));
    return bundle;
  }

  /** What stands behind each word for a price of use. */
  private static Map<String, Object> prices() {
    Map<String, Object> values = new TreeMap<>();
    for (String shape : PriceReader.SHAPES) {
      values.put(
          shape,
          switch (shape) {
            case "graduated", "volume" -> ref("tiers");
            case "stair-step" -> ref("steps");
            case "package" ->
                object(
                    PriceReader.PACKAGE,
                    PriceReader.PACKAGE,
                    Map.of("of", ref("number"), "price", ref("number")));
            case "free" -> TRUE;
            default -> ref("number");
          });
    }
    return values;
  }

  private static Map<String, Object> band() {
    Map<String, Object> values = new TreeMap<>(prices());
    values.put("band", ref("name"));
    values.put("days", wordOrWords(oneOf(BandReader.DAYS.keySet())));
    values.put("hours", wordOrWords(string(BandReader.HOURS.pattern())));
    values.put(WhereReader.WHEN, MeterSchema.where());
    Set<String> all = new TreeSet<>(BandedReader.WHEN);
    all.addAll(PriceReader.SHAPES);
    List<Object> kinds = new ArrayList<>();
    for (String shape : PriceReader.SHAPES) {
      Set<String> keys = new TreeSet<>(BandedReader.WHEN);
      keys.add(shape);
      kinds.add(kind(keys, Set.of("band", shape)));
    }
    return oneOfKinds(object(all, Set.of(), values), kinds);
  }

  private static Map<String, Object> round() {
    Map<String, Object> values = new TreeMap<>();
    values.put("each", oneOf(PriceReader.EACH.keySet()));
    PriceReader.WAYS.keySet().forEach(way -> values.put(way, ref("number")));
    values.put("at-least", ref("number"));
    values.put("at-most", ref("number"));
    return object(PriceReader.ROUND, Set.of("each"), values);
  }

  /** A tier; it has one of some words at least. */
  private static Map<String, Object> tier(Set<String> keys, String... anyOf) {
    Map<String, Object> values = new TreeMap<>();
    keys.forEach(key -> values.put(key, ref("number")));
    Map<String, Object> tier = new LinkedHashMap<>(object(keys, Set.of(), values));
    List<Object> some = new ArrayList<>();
    for (String word : anyOf) {
      some.add(Map.of("required", List.of(word)));
    }
    tier.put("anyOf", some);
    return tier;
  }

  private static Map<String, Object> share() {
    Map<String, Object> values = new TreeMap<>();
    values.put("party", ref("name"));
    values.put("percent", ref("number"));
    values.put("tiers", ref("percents"));
    values.put("per-unit", ref("number"));
    values.put("remainder", TRUE);
    values.put("at-least", ref("number"));
    List<Object> kinds = new ArrayList<>();
    for (String part : ShareReader.PARTS) {
      Set<String> keys = new TreeSet<>(Set.of("party", part));
      if (!part.equals("remainder")) {
        keys.add("at-least");
      }
      kinds.add(kind(keys, Set.of("party", part)));
    }
    return oneOfKinds(object(ShareReader.KEYS, Set.of(), values), kinds);
  }

  private static Map<String, Object> sponsorship() {
    Map<String, Object> values =
        Map.of(
            "account",
            ref("name"),
            "up-to",
            ref("number"),
            "within",
            oneOf(SponsorReader.WITHIN.keySet()));
    return Map.of(
        "anyOf", List.of(ref("name"), object(SponsorReader.KEYS, Set.of("account"), values)));
  }

  /** Of these words only, and of those all of these. */
  static Map<String, Object> kind(Collection<String> keys, Collection<String> needed) {
    return node("required", sorted(needed), "propertyNames", oneOf(keys));
  }

  static Map<String, Object> oneOfKinds(Map<String, Object> object, List<Object> kinds) {
    Map<String, Object> all = new LinkedHashMap<>(object);
    all.put("oneOf", kinds);
    return all;
  }

  /**
   * A mapping of known words.
   *
   * @param keys the reader's table; each has a value here, or the schema lags behind the reader
   */
  static Map<String, Object> object(
      Set<String> keys, Set<String> needed, Map<String, Object> values) {
    if (!values.keySet().equals(keys)) {
      throw new IllegalStateException("the reader knows " + keys + ", not " + values.keySet());
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", "object");
    if (!needed.isEmpty()) {
      object.put("required", sorted(needed));
    }
    object.put("properties", new TreeMap<>(values));
    object.put("additionalProperties", false);
    return object;
  }

  /** A mapping from names that the file gives. */
  private static Map<String, Object> named(String of, int least) {
    return node(
        "type",
        "object",
        "minProperties",
        least,
        "propertyNames",
        ref("name"),
        "additionalProperties",
        ref(of));
  }

  private static Map<String, Object> list(Map<String, Object> items) {
    return node("type", "array", "minItems", 1, "items", items);
  }

  static Map<String, Object> wordOrWords(Map<String, Object> word) {
    return Map.of("anyOf", List.of(word, list(word)));
  }

  static Map<String, Object> number() {
    List<String> types = List.of("number", "string");
    return node("type", types, "minimum", 0, "pattern", "^[0-9]+(\\.[0-9]+)?$");
  }

  static Map<String, Object> length() {
    return Map.of(
        "anyOf", List.of(oneOf(ChargeReader.EVERY.keySet()), pattern("[0-9]{1,4}[hm]|[Pp].+")));
  }

  static Map<String, Object> oneOf(Collection<String> words) {
    return Map.of("enum", sorted(words));
  }

  /** A text that no number or boolean looks like. */
  static Map<String, Object> string(String whole) {
    return node("type", "string", "pattern", "^(" + whole + ")$");
  }

  static Map<String, Object> pattern(String whole) {
    Map<String, Object> text = new LinkedHashMap<>(TEXT);
    text.put("pattern", "^(" + whole + ")$");
    return text;
  }

  /** Keywords and their values, in this order. */
  static Map<String, Object> node(Object... keywords) {
    Map<String, Object> node = new LinkedHashMap<>();
    for (int i = 0; i < keywords.length; i += 2) {
      node.put(String.valueOf(keywords[i]), keywords[i + 1]);
    }
    return node;
  }

  static Map<String, Object> ref(String to) {
    return Map.of("$ref", "#/$defs/" + to);
  }

  static List<String> sorted(Collection<String> words) {
    return List.copyOf(new TreeSet<>(words));
  }
}
