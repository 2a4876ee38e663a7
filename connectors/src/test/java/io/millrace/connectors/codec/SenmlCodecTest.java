package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SenmlCodecTest {
  private static CodecTrial trial(String types, String... more) {
    List<String> options = new ArrayList<>(List.of("source=/senml", "types=" + types));
    options.addAll(List.of(more));
    return new CodecTrial("senml", options.toArray(String[]::new));
  }

  private static List<String> decode(CodecTrial trial, String payload) {
    return CodecTrial.withoutPrints(trial.decode(payload));
  }

  /** RFC 8428, 5.1.2, "Multiple Data Points". */
  @Test
  void exampleOfTheStandard_voltageAndCurrent() {
    String pack =
        """
        [
          {"bn":"urn:dev:ow:10e2073a01080063:","bt":1.276020076001e+09,
           "bu":"A","bver":5,
           "n":"voltage","u":"V","v":120.1},
          {"n":"current","t":-5,"v":1.2},
          {"n":"current","t":-4,"v":1.3},
          {"n":"current","v":1.7}
        ]\
        """;
    assertEquals(
        List.of(
            "no-offer",
            "lamp.report urn:dev:ow:10e2073a01080063 /senml current@1276020071.001"
                + " 2010-06-08T18:01:11.001Z [1200]",
            "lamp.report urn:dev:ow:10e2073a01080063 /senml current@1276020072.001"
                + " 2010-06-08T18:01:12.001Z [1300]",
            "lamp.report urn:dev:ow:10e2073a01080063 /senml current@1276020076.001"
                + " 2010-06-08T18:01:16.001Z [1700]"),
        decode(trial("current=lamp.report/wh/A"), pack));
    assertEquals(
        List.of("bad-quantity", "bad-quantity", "bad-quantity"),
        decode(trial("current=lamp.report/wh/mA", "others=ignore"), pack));
  }

  /** RFC 8428, 6: the pack of 5.1.3 in CBOR, as the standard prints its bytes. */
  @Test
  void exampleOfTheStandard_inCbor() {
    byte[] pack =
        HexFormat.of()
            .parseHex(
                """
                87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a
                22fb41d303a15b00106223614120050067766f6c7461676501615602fb405e06
                6666666666a3006763757272656e74062402fb3ff3333333333333a300676375
                7272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb3f
                f6666666666666a3006763757272656e74062102f93e00a3006763757272656e
                74062002fb3ff999999999999aa3006763757272656e74060002fb3ffb333333
                333333\
                """
                    .replaceAll("\\s", ""));
    List<String> lines =
        CodecTrial.withoutPrints(trial("current=lamp.report/wh/A", "others=ignore").decode(pack));
    String line =
        "lamp.report urn:dev:ow:10e2073a0108006 /senml current@%s 2010-06-08T18:01:%sZ [%d]";
    assertEquals(
        List.of(
            line.formatted("1276020071.001", "11.001", 1200),
            line.formatted("1276020072.001", "12.001", 1300),
            line.formatted("1276020073.001", "13.001", 1400),
            line.formatted("1276020074.001", "14.001", 1500),
            line.formatted("1276020075.001", "15.001", 1600),
            line.formatted("1276020076.001", "16.001", 1700)),
        lines);
  }

  @Test
  void sumIsReadWhereTheRouteSaysSo() {
    String pack =
        "[{\"bn\":\"lamp-1:\",\"bt\":1800000000,\"bs\":100,\"bv\":1,\"n\":\"e\",\"v\":2,\"s\":0.5}]";
    assertEquals(
        List.of("lamp.report lamp-1 /senml e@1800000000 2027-01-15T08:00:00Z [100500]"),
        decode(trial("s:e=lamp.report/wh"), pack));
    assertEquals(
        List.of("lamp.report lamp-1 /senml e@1800000000 2027-01-15T08:00:00Z [3000]"),
        decode(trial("e=lamp.report/wh"), pack));
  }

  @Test
  void baseNameCanBeTheDevice() {
    assertEquals(
        List.of(
            "lamp.report urn:ep:lamp-1 /senml 3303/0/5700@1800000000 2027-01-15T08:00:00Z [7000]"),
        decode(
            trial("3303/0/5700=lamp.report/wh", "subject=base"),
            "[{\"bn\":\"urn:ep:lamp-1\",\"n\":\"/3303/0/5700\",\"t\":1800000000,\"v\":7}]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachBadInput_hasItsOutcome(String what, String pack, List<String> expected) {
    assertEquals(expected, decode(trial("e=lamp.report/wh/Wh; d=door.opened"), pack));
  }

  static Stream<Arguments> eachBadInput_hasItsOutcome() {
    String base = "{\"bn\":\"lamp-1:\",\"bt\":1800000000,\"bu\":\"Wh\"}";
    String good = "{\"n\":\"e\",\"v\":1}";
    String ok = "lamp.report lamp-1 /senml e@1800000000 2027-01-15T08:00:00Z [1000]";
    return Stream.of(
        row("1 nothing", "", "malformed"),
        row("2 null", "null", "malformed"),
        row("3 a pack of none", "[]", "malformed"),
        row("a record outside of a pack", base, "malformed"),
        row("bases alone are no use", pack(base)),
        row("a good record", pack(base, good), ok),
        row("4 10,000 deep", pack(base, good, "{\"x\":" + "[".repeat(10_000)), "malformed"),
        row(
            "5 a number of 1 MB",
            pack(base, good.replace("1", "1".repeat(1_000_000))),
            "malformed"),
        row(
            "6 an exponent of 10^9",
            pack(base, good.replace(":1", ":1e999999999"), good),
            "bad-quantity",
            ok),
        row(
            "6 a base of 10^9 digits",
            pack(base.replace("1800000000", "1e999999999"), good),
            "malformed"),
        row(
            "6 a time of 10^9 digits",
            pack(base, good.replace("\"v\"", "\"t\":1e999999999,\"v\""), good),
            "malformed",
            ok),
        row("7 NaN", pack(base, good.replace(":1", ":NaN")), "malformed"),
        row("8 minus zero", pack(base, good.replace(":1", ":-0")), ok.replace("[1000]", "[0]")),
        row(
            "9 below zero",
            pack(base, good.replace(":1", ":-1.5")),
            ok.replace("[1000]", "[-1500]")),
        row("10 zero", pack(base, good.replace(":1", ":0")), ok.replace("[1000]", "[0]")),
        row(
            "11 a binary tail",
            pack(base, good.replace(":1", ":0.30000000000000004")),
            "bad-quantity"),
        row("12 a label twice", pack(base, good.replace("\"v\"", "\"v\":2,\"v\"")), "malformed"),
        row("13 a lone surrogate", pack(base, good.replace("e", "\\ud800"), good), "malformed"),
        row("14 a byte order mark", "\ufeff" + pack(base, good), "malformed"),
        row("14 UTF-16", pack(base, good).replaceAll("(.)", "$1\0"), "malformed"),
        row(
            "15 NUL in a name",
            pack(base, good.replace("\"e\"", "\"\\u0000\""), good),
            "malformed",
            ok),
        row("17 two packs", pack(base, good) + pack(base, good), "malformed"),
        row(
            "18 a text over 64 KiB",
            pack(base, good.replace("{", "{\"x\":\"" + "y".repeat(65_537) + "\","), good),
            "malformed"),
        row(
            "19 names that mean something elsewhere",
            pack(base, good.replace("{", "{\"constructor\":{},\"@type\":\"x\",")),
            ok),
        row("21 no name", pack("{\"bt\":1800000000,\"v\":1}"), "malformed"),
        row(
            "22 a name of 1 MB",
            pack(base, good.replace("\"e\"", "\"" + "e".repeat(1 << 20) + "\""), good),
            "malformed"),
        row("25 a name in another case", pack(base, good.replace("\"e\"", "\"E\"")), "no-offer"),
        row("27 a time of 10^13", pack(base.replace("1800000000", "1e13"), good), "malformed"),
        row("30 a million records", "[" + "{},".repeat(1_000_000) + "{}]", "too-large"),
        row("16 garbage behind", pack(base, good) + "x", "malformed"),
        row(
            "20 kWh for Wh",
            pack(base, good.replace("\"v\"", "\"u\":\"kWh\",\"v\""), good),
            "bad-quantity",
            ok),
        row("20 WH for Wh", pack(base.replace("Wh", "WH"), good), "bad-quantity"),
        row("28 a relative time", pack(base.replace("1800000000", "-5"), good), "no-time"),
        row(
            "28 the largest relative time",
            pack(base.replace("1800000000", "268435455.999"), good),
            "no-time"),
        row(
            "28 the first absolute time",
            pack(base.replace("1800000000", "268435456"), good),
            ok.replace("1800000000", "268435456")
                .replace("2027-01-15T08:00:00Z", "1978-07-04T21:24:16Z")),
        row("28 no time at all", pack(base.replace("\"bt\"", "\"x\""), good), "no-time"),
        row("29 an unknown version", pack(base.replace("{", "{\"bver\":11,"), good), "malformed"),
        row("29 a lower version", pack(base.replace("{", "{\"bver\":5,"), good), ok),
        row(
            "29 a version later than first",
            pack(base, good.replace("{", "{\"bver\":9,")),
            "malformed"),
        row("29 a version of 9.5", pack(base.replace("{", "{\"bver\":9.5,"), good), "malformed"),
        row(
            "29 a version that changes",
            pack(base.replace("{", "{\"bver\":10,"), good, good.replace("{", "{\"bver\":9,")),
            "malformed"),
        row(
            "29 a label that must be understood",
            pack(base, good, good.replace("{", "{\"x_\":1,")),
            "malformed"),
        row(
            "29 a label that need not be",
            pack(base, good.replace("{", "{\"x\":[1,{\"y\":null}],")),
            ok),
        row("31 a sum is not read as a value", pack(base, "{\"n\":\"e\",\"s\":5}"), "bad-quantity"),
        row(
            "a value that is text",
            pack(base, "{\"n\":\"e\",\"vs\":\"1\"}", good),
            "bad-quantity",
            ok),
        row(
            "a value that is true",
            pack(base, "{\"n\":\"d\",\"vb\":true}"),
            "door.opened lamp-1 /senml d@1800000000 2027-01-15T08:00:00Z [1]"),
        row("a number as text", pack(base, good.replace(":1", ":\"1\"")), "malformed"),
        row("a record without a value", pack(base, "{\"n\":\"e\"}", good), "malformed", ok),
        row(
            "a measurement that nobody named",
            pack(base, good.replace("\"e\"", "\"f\""), good),
            "no-offer",
            ok),
        row(
            "a name with a blank",
            pack(base, good.replace("\"e\"", "\"e f\""), good),
            "malformed",
            ok),
        row(
            "a name that begins with a colon",
            pack("{\"n\":\":e\",\"t\":1800000000,\"v\":1}"),
            "malformed"),
        row(
            "no device in the name",
            pack("{\"n\":\"e\",\"t\":1800000000,\"u\":\"Wh\",\"v\":1}"),
            "unknown-device"),
        row("cut short", pack(base, good).replace("}]", ""), "malformed"),
        row("CBOR where JSON is", "\u0081", "malformed"));
  }

  private static Arguments row(String what, String payload, String... expected) {
    return Arguments.of(what, payload, List.of(expected));
  }

  private static String pack(String... records) {
    return "[" + String.join(",", records) + "]";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachBadCbor_hasItsOutcome(String what, String hex, List<String> expected) {
    CodecTrial trial = trial("e=lamp.report/wh", "encoding=cbor");
    assertEquals(expected, CodecTrial.withoutPrints(trial.decode(HexFormat.of().parseHex(hex))));
  }

  static Stream<Arguments> eachBadCbor_hasItsOutcome() {
    // {n: "l:e", t: 1800000000, v: …}
    String record = "a300636c3a65061a6b49d20002";
    String ok = "lamp.report l /senml e@1800000000 2027-01-15T08:00:00Z [%d]";
    return Stream.of(
        row("an integer", "81" + record + "05", ok.formatted(5000)),
        row("below zero", "81" + record + "24", ok.formatted(-5000)),
        row(
            "an array and a map that a break ends",
            "9fbf00636c3a65061a6b49d2000205ffff",
            ok.formatted(5000)),
        row("a decimal fraction", "81" + record + "c48222190fa1", ok.formatted(4001)),
        row("a single that means 0.1", "81" + record + "fa3dcccccd", ok.formatted(100)),
        row("a double that means 0.412", "81" + record + "fb3fda5e353f7ced91", ok.formatted(412)),
        row("a half that means 1.5", "81" + record + "f93e00", ok.formatted(1500)),
        row("7 NaN", "81" + record + "f97e00", "bad-quantity"),
        row("7 infinity", "81" + record + "fb7ff0000000000000", "bad-quantity"),
        row("6 an exponent of 10^9", "81" + record + "c4821a3b9aca0001", "bad-quantity"),
        row("the largest integer", "81" + record + "1bffffffffffffffff", "bad-quantity"),
        row("a bignum", "81" + record + "c24101", "malformed"),
        row("1 nothing", "", "malformed"),
        row("16 garbage behind", "81" + record + "0500", "malformed"),
        row("a record too few", "82" + record + "05", "malformed"),
        row("an array of 2^60", "9b1000000000000000", "malformed"),
        row("text of 2^60", "81a1007b1000000000000000", "malformed"),
        row("text that is no UTF-8", "81a10061ff", "malformed"),
        row("12 a label twice", "81a300636c3a650205020 5".replace(" ", ""), "malformed"),
        row("29 version 11", "81a4" + record.substring(2) + "05200b", "malformed"),
        row(
            "29 a label that must be understood",
            "81a4" + record.substring(2) + "0562785f01",
            "malformed"),
        row(
            "a number that nobody knows as label",
            "81a4" + record.substring(2) + "0518ff8101",
            ok.formatted(5000)),
        row("4 nested too deep", "81a118ff" + "81".repeat(100) + "00", "malformed"));
  }

  @Property(tries = 3_000)
  void bentPack_neverThrows(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] json =
        "[{\"bn\":\"lamp-1:\",\"bt\":1800000000,\"bv\":1.5},{\"n\":\"e\",\"v\":1},{\"n\":\"e\",\"t\":1,\"v\":2}]"
            .getBytes(StandardCharsets.UTF_8);
    byte[] cbor =
        HexFormat.of()
            .parseHex("82a300636c3a65061a6b49d2000205a300636c3a65061a6b49d20002c48222190fa1");
    for (byte[] pack : List.of(json, cbor)) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        pack[random.nextInt(pack.length)] = (byte) random.nextInt(256);
      }
      assertTrue(trial("e=lamp.report/wh").decode(pack).size() <= 4);
    }
  }

  /** However a sender spreads numbers over bases and records, the resolved event is the same. */
  @Property(tries = 500)
  void valuesSplitOverBaseAndRecord_addUp(@ForAll int base, @ForAll int own) {
    String pack =
        "[{\"bn\":\"l:\",\"bt\":1800000000,\"bv\":%d.%d,\"n\":\"e\",\"v\":%d}]"
            .formatted(base, Math.floorMod(own, 1000), own);
    BigDecimal sum =
        new BigDecimal("%d.%d".formatted(base, Math.floorMod(own, 1000))).add(new BigDecimal(own));
    assertEquals(
        List.of(
            "lamp.report l /senml e@1800000000 2027-01-15T08:00:00Z ["
                + sum.movePointRight(3).toBigIntegerExact()
                + "]"),
        decode(trial("e=lamp.report/wh"), pack));
  }
}
