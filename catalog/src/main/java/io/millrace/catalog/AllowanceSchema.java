package io.millrace.catalog;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an allowance looks like, in the words of {@link CatalogSchema}. */
final class AllowanceSchema {
  private AllowanceSchema() {}

  /** The words of one. */
  static Map<String, Object> node() {
    Map<String, Object> values = new TreeMap<>();
    values.put("allowance", CatalogSchema.ref("name"));
    values.put(AllowanceReader.INCLUDED, CatalogSchema.ref("number"));
    values.put(KeepingReader.BOUGHT, CatalogSchema.node("enum", List.of(true, "true")));
    values.put("unit", MeterSchema.unit());
    values.put("of", CatalogSchema.wordOrWords(CatalogSchema.TEXT));
    List<String> types = List.of("integer", "string");
    Map<String, Object> percent = CatalogSchema.node("type", types, "minimum", 1, "maximum", 100);
    values.put(AllowanceReader.TELL, CatalogSchema.node("type", "array", "items", percent));
    values.put(KeepingReader.TOGETHER, CatalogSchema.node("enum", List.of(true, "true")));
    values.put(KeepingReader.VALID_FOR, CatalogSchema.length());
    values.put(KeepingReader.VALID_UNTIL, CatalogSchema.TEXT);
    Map<String, Object> rolled = new TreeMap<>();
    rolled.put(
        "periods",
        CatalogSchema.node("type", types, "minimum", 1, "maximum", Keeping.MOST_PERIODS));
    rolled.put("most", CatalogSchema.ref("number"));
    values.put(
        KeepingReader.ROLLS_OVER,
        CatalogSchema.object(KeepingReader.ROLLED, Set.of("periods"), rolled));
    Set<String> plain = new TreeSet<>(AllowanceReader.KEYS);
    plain.remove(KeepingReader.BOUGHT);
    Set<String> bought = new TreeSet<>(AllowanceReader.KEYS);
    bought.removeAll(KeepingReader.INCLUDED);
    return CatalogSchema.oneOfKinds(
        CatalogSchema.object(AllowanceReader.KEYS, AllowanceReader.NEEDED, values),
        List.of(
            CatalogSchema.kind(plain, Set.of(AllowanceReader.INCLUDED)),
            CatalogSchema.kind(bought, Set.of(KeepingReader.BOUGHT))));
  }
}
