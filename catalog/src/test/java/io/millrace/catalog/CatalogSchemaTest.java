package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schema against the readers: whatever they take it takes, and it refuses unknown words. */
class CatalogSchemaTest {

  /** What a schema can tell, too. */
  private static final Set<String> OF_SHAPE =
      Set.of(
          "unknown-key",
          "missing-field",
          "bad-type",
          "no-price",
          "two-prices",
          "no-charges",
          "no-offers",
          "no-tiers",
          "no-bands",
          "no-shares",
          "two-parts",
          "unknown-scope",
          "unknown-aggregate",
          "unknown-finer",
          "unknown-every",
          "unknown-each",
          "unknown-day",
          "bad-hours",
          "bad-value",
          "bad-event",
          "bad-free");

  private static final SchemaJudge JUDGE = new SchemaJudge(CatalogSchema.tree());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smart-city",
        "per-device",
        "pay-per-message",
        "ev-charging",
        "time-of-use",
        "roaming",
        "roaming-zones",
        "sponsored-data",
        "prepaid-sim",
        "storage",
        "smart-home",
        "card-terminal",
        "parking",
        "sub-meter",
        "peak-demand",
        "transit-link",
        "traffic-classes",
        "data-plan",
        "sim-group",
        "enterprise-pool",
        "connected-car"
      })
  void templateAndItsMutants_areJudgedAsByTheReaders(String name) {
    Object template =
        load(new String(CatalogFile.template(name + ".yaml"), StandardCharsets.UTF_8));
    assertEquals(Set.of(), codes(template));
    assertTrue(JUDGE.accepts(template), name);
    int[] mutants = {0};
    List<String> wrong = new ArrayList<>();
    mutate(
        template,
        what -> {
          Set<String> codes = codes(template);
          boolean accepted = JUDGE.accepts(template);
          if (codes.isEmpty() && !accepted) {
            wrong.add("the schema refuses what the readers take: " + what);
          } else if (codes.stream().anyMatch(OF_SHAPE::contains) && accepted) {
            wrong.add("the schema takes what is " + codes + ": " + what);
          }
          mutants[0]++;
        });
    assertEquals(List.of(), wrong);
    assertTrue(mutants[0] > 100, "mutants: " + mutants[0]);
  }

  /** Changes each part of a tree, one at a time, and puts it back. */
  @SuppressWarnings("unchecked")
  private static void mutate(Object node, Consumer<String> judge) {
    if (node instanceof Map<?, ?> raw) {
      Map<String, Object> map = (Map<String, Object>) raw;
      Map<String, Object> before = new LinkedHashMap<>(map);
      for (Map.Entry<String, Object> each : before.entrySet()) {
        String at = each.getKey();
        map.remove(at);
        judge.accept("without " + at + " in " + before.keySet());
        for (Object other : List.of("zzz", true, List.of(), Map.of(), List.of("zzz"), 0)) {
          map.clear();
          map.putAll(before);
          map.put(at, other);
          judge.accept(at + ": " + other + " in " + before.keySet());
        }
        map.clear();
        map.putAll(before);
        mutate(each.getValue(), judge);
      }
      for (String more : words()) {
        if (!before.containsKey(more)) {
          map.put(more, 1);
          judge.accept("with " + more + " in " + before.keySet());
          map.remove(more);
        }
      }
    } else if (node instanceof List<?> raw) {
      List<Object> list = (List<Object>) raw;
      for (int i = 0; i < list.size(); i++) {
        mutate(list.get(i), judge);
      }
    }
  }

  /** All words of the language, and one that is none. */
  private static List<String> words() {
    List<String> words = new ArrayList<>(ChargeReader.ALL);
    words.addAll(CatalogReader.KEYS);
    words.addAll(OfferReader.KEYS);
    words.addAll(MeterReader.KEYS);
    words.addAll(ShareReader.KEYS);
    words.addAll(AllowanceReader.KEYS);
    words.addAll(BandedReader.WHEN);
    words.addAll(PriceReader.ROUND);
    words.addAll(List.of("from", "to", "price", "zzz"));
    return words.stream().distinct().toList();
  }

  private static Object load(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  private static Set<String> codes(Object tree) {
    return switch (CatalogFile.read("mutant", json(tree).getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a -> Set.of();
      case CatalogFile.Result.Rejected r ->
          r.problems().stream().map(Problem::code).collect(Collectors.toSet());
    };
  }

  /** JSON, which is YAML. */
  private static String json(Object node) {
    return switch (node) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> json(e.getKey()) + ": " + json(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream().map(CatalogSchemaTest::json).collect(Collectors.joining(", ", "[", "]"));
      case String text -> '"' + text + '"';
      case Double number -> new BigDecimal(number.toString()).toPlainString();
      default -> node.toString();
    };
  }
}
