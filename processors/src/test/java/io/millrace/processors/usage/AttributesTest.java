package io.millrace.processors.usage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.catalog.Meter;
import io.millrace.catalog.Meter.Where;
import io.millrace.catalog.Unit;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttributesTest {
  private static final Where EU = new Where("zone", List.of("eu", "uk"));
  private static final Where FAST = new Where("rat", List.of("4", "true"));

  private static final List<Meter> METERS =
      List.of(
          new Meter("data", "e", "v", Unit.of("MB").orElseThrow(), 6, Meter.Aggregate.SUM, false),
          Meter.telling("e", List.of(List.of(EU, FAST), List.of(), List.of(EU), List.of(FAST))),
          Meter.telling("e", List.of(List.of(FAST))));

  private static void assertTold(Map<String, String> said, long first, long second) {
    assertArrayEquals(new long[] {0, first, second}, Attributes.of(said).told(METERS), said + "");
  }

  @Test
  void whatIsSaid_tellsTheAlternativesThatAskForIt() {
    assertTold(Map.of("zone", "eu"), 0b0100, 0);
    assertTold(Map.of("zone", "uk", "rat", "true"), 0b1101, 1);
    assertTold(Map.of("rat", "4", "more", "x"), 0b1000, 1);
    assertTold(Map.of("zone", "EU", "rat", "04"), 0, 0);
  }

  @Test
  void nothingSaid_tellsNothing() {
    assertSame(Attributes.NONE, Attributes.of(Map.of()));
    assertEquals(0, Attributes.NONE.told(METERS).length);
  }

  @Test
  void otherMeters_areToldAnew() {
    Attributes said = Attributes.of(Map.of("rat", "4"));
    said.told(METERS);
    List<Meter> later = List.of(METERS.get(2));
    assertArrayEquals(new long[] {1}, said.told(later));
  }

  @Test
  void attributes_areTheSameThroughTheirBytes() {
    for (Map<String, String> each :
        List.of(Map.of("zone", "größe", "rat", "4"), Map.<String, String>of())) {
      ByteWriter out = new ByteWriter();
      Attributes.of(each).encode(out);
      assertEquals(Attributes.of(each), Attributes.decode(new ByteReader(out.toByteArray())));
    }
  }

  @Test
  void tooMany_areRefused() {
    Map<String, String> many = new TreeMap<>();
    for (int i = 0; i <= Attributes.MOST; i++) {
      many.put("a" + i, "x");
    }
    assertThrows(IllegalArgumentException.class, () -> Attributes.of(many));
  }
}
