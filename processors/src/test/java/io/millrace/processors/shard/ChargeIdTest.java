package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChargeIdTest {

  @Property
  void printed_isReadBack(
      @ForAll @IntRange(max = 999_999_999) int tenant,
      @ForAll @IntRange(max = 4096) int shard,
      @ForAll @LongRange(max = 999_999_999_999_999_999L) long seq,
      @ForAll @IntRange(max = 999_999_999) int n) {
    ChargeId id = new ChargeId(tenant, shard, seq, n);
    assertEquals(id, ChargeId.parse(id.toString()).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1-2-3",
        "1-2-3-4-5",
        "-1-2-3-4",
        "1-2-3-x",
        "1--2-3",
        " 1-2-3-4",
        "01-2-3-4",
        "1-99999-3-4",
        "9999999999-1-1-1",
        "1-2-9999999999999999999-4",
        "1-2-3-4\n",
        "١-2-3-4"
      })
  void otherText_isNoCharge(String text) {
    assertTrue(ChargeId.parse(text).isEmpty(), text);
  }
}
