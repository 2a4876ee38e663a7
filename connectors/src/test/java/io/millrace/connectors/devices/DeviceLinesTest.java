package io.millrace.connectors.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeviceLinesTest {
  private static final String HEADER = "subject,account,offer,from,to\n";
  private static final Device LAMP =
      new Device("lamp-1", "city", "lamp", Instant.parse("2026-11-02T00:00:00Z"), Optional.empty());

  private static List<DeviceLine> read(DeviceFormat format, String text)
      throws IOException, DevicesUnreadable {
    return read(format.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
  }

  private static List<DeviceLine> read(DeviceLines lines) throws IOException, DevicesUnreadable {
    List<DeviceLine> all = new ArrayList<>();
    DeviceLine line;
    while ((line = lines.next()) != null) {
      all.add(line);
    }
    assertNull(lines.next(), "the end stays the end");
    return all;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "lamp-1,city,lamp,2026-11-02T00:00:00Z,|created",
        "lamp-1,city,lamp,2026-11-02T01:00:00+01:00,|created",
        "\"lamp-1\",\"city\",lamp,2026-11-02T00:00:00Z,\"\"|created",
        "` lamp-1 , city ,lamp,2026-11-02T00:00:00Z, `|created",
        "lamp-1,city,lamp,2026-11-02T00:00:00Z|malformed",
        "lamp-1,city,lamp,2026-11-02T00:00:00Z,,|malformed",
        "\"lamp-1,city,lamp,2026-11-02T00:00:00Z,|malformed",
        "\"lamp\"1,city,lamp,2026-11-02T00:00:00Z,|malformed",
        "la\"mp,city,lamp,2026-11-02T00:00:00Z,|malformed",
        "x|malformed",
        ",city,lamp,2026-11-02T00:00:00Z,|bad-name",
        "lamp-1,,lamp,2026-11-02T00:00:00Z,|bad-name",
        "lamp\t1,city,lamp,2026-11-02T00:00:00Z,|bad-name",
        "lamp-1,city,lamp,2026-11-02,|bad-time",
        "lamp-1,city,lamp,0000-01-01T00:00:00Z,|bad-time",
        "lamp-1,city,lamp,2026-11-02T00:00:00Z,9999-12-31T23:59:59.5Z|bad-time",
        "lamp-1,city,lamp,+999999999-01-01T00:00:00Z,|bad-time",
        "lamp-1,city,lamp,2026-11-02T00:00:00Z,never|bad-time",
        "lamp-1,city,lamp,2026-11-02T00:00:00Z,2026-11-02T00:00:00Z|never-valid",
        "lamp-1,city,lamp,2026-11-02T00:00:00Z,2026-11-01T00:00:00Z|never-valid"
      })
  void csvLine_isADeviceOrSaysWhyNot(String line, String verdict) throws Exception {
    DeviceLine read = read(DeviceFormat.CSV, HEADER + line + "\r\n").getFirst();
    assertEquals(2, read.line());
    assertEquals(verdict, verdictOf(read));
    if (read instanceof DeviceLine.Good good) {
      assertEquals(LAMP, good.device());
    }
  }

  private static String verdictOf(DeviceLine line) {
    return switch (line) {
      case DeviceLine.Good good -> "created";
      case DeviceLine.Bad bad -> bad.why().code();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"subject\":\"lamp-1\",\"account\":\"city\",\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}|created",
        "{\"to\":null,\"from\":\"2026-11-02T00:00:00Z\",\"subject\":\"lamp-1\",\"account\":\"city\",\"offer\":\"lamp\"}|created",
        "{\"subject\":\"lamp-1\",\"account\":\"city\",\"offer\":\"lamp\"}|malformed",
        "{\"subject\":1,\"account\":\"city\",\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}|malformed",
        "{\"subject\":[\"a\"],\"account\":{\"x\":[1]},\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}|malformed",
        "{\"subject\":null,\"account\":\"city\",\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}|malformed",
        "{\"shard\":\"7\",\"subject\":\"lamp-1\",\"account\":\"city\",\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}|malformed",
        "{\"subject\":\"a\\u0000\",\"account\":\"city\",\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}|bad-name",
        "{\"subject\":\"a\\ud800\",\"account\":\"city\",\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}|bad-name",
        "7|malformed",
        "[]|malformed",
        "null|malformed"
      })
  void jsonObject_isTheSameInLinesAndInAnArray(String object, String verdict) throws Exception {
    assertEquals(verdict, verdictOf(read(DeviceFormat.NDJSON, object).getFirst()));
    List<DeviceLine> inArray = read(DeviceFormat.JSON, "[" + object + ", " + object + "]");
    assertEquals(2, inArray.size());
    assertEquals(verdict, verdictOf(inArray.getLast()));
    assertEquals(2, inArray.getLast().line());
  }

  @Test
  void brokenLine_harmsNoOther() throws Exception {
    String good =
        "{\"subject\":\"lamp-1\",\"account\":\"city\",\"offer\":\"lamp\",\"from\":\"2026-11-02T00:00:00Z\"}";
    List<DeviceLine> lines =
        read(
            DeviceFormat.NDJSON,
            "{oops\n\n"
                + good
                + "\n"
                + good
                + " x\n{\"subject\":\"a\",\"subject\":\"b\"}\n"
                + "x".repeat(5_000)
                + "\n"
                + good);
    assertEquals(
        List.of("malformed", "created", "malformed", "malformed", "too-long", "created"),
        lines.stream().map(DeviceLinesTest::verdictOf).toList());
    assertEquals(List.of(1, 3, 4, 5, 6, 7), lines.stream().map(DeviceLine::line).toList());
  }

  @Test
  void lineThatIsNotUtf8_isMalformed() throws Exception {
    byte[] text =
        (HEADER + "lamp-\u00FF,city,lamp,2026-11-02T00:00:00Z,\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    DeviceLine line = DeviceFormat.CSV.read(new ByteArrayInputStream(text)).next();
    assertEquals(new DeviceLine.Bad(2, DeviceVerdict.MALFORMED), line);
  }

  @Test
  void byteOrderMark_isPassedOver() throws Exception {
    assertEquals(0, read(DeviceFormat.CSV, "\uFEFF" + HEADER).size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CSV|subject;account;offer;from;to|1",
        "CSV|``|1",
        "JSON|{}|1",
        "JSON|``|1",
        "JSON|[7, 7|2",
        "JSON|[7, {\"subject\":|2",
        "JSON|[7] 7|2",
        "JSON|[[[[[[[[[[[[[[[[[[[[|1"
      })
  void listThatCantBeTold_endsWhereItIsBroken(DeviceFormat format, String text, int line) {
    DevicesUnreadable broken =
        assertThrows(DevicesUnreadable.class, () -> read(format, text == null ? "" : text));
    assertEquals(line, broken.line());
  }

  @ParameterizedTest
  @EnumSource(DeviceFormat.class)
  void streamThatFails_isNoBadLine(DeviceFormat format) {
    InputStream cut =
        new InputStream() {
          private int n;

          @Override
          public int read() throws IOException {
            throw new IOException("cut");
          }

          @Override
          public int read(byte[] into, int from, int length) throws IOException {
            byte[] text =
                (format == DeviceFormat.CSV ? HEADER + "lamp" : "[7,")
                    .getBytes(StandardCharsets.UTF_8);
            if (n++ > 0) {
              throw new IOException("cut");
            }
            System.arraycopy(text, 0, into, from, text.length);
            return text.length;
          }
        };
    assertEquals("cut", assertThrows(IOException.class, () -> read(format.read(cut))).getMessage());
  }

  @Test
  void listLongerThanAllowed_isTakenInUpToThere() throws Exception {
    List<Device> taken = new ArrayList<>();
    DeviceIntake intake =
        new DeviceIntake(
            some -> {
              taken.addAll(some);
              return some.stream().map(d -> DeviceVerdict.CREATED).toList();
            },
            3);
    String line = "lamp-1,city,lamp,2026-11-02T00:00:00Z,\n";
    DevicesUnreadable tooMany =
        assertThrows(
            DevicesUnreadable.class,
            () ->
                intake.take(
                    DeviceFormat.CSV.read(
                        new ByteArrayInputStream(
                            (HEADER + "x\n" + line + line + line)
                                .getBytes(StandardCharsets.UTF_8)))));
    assertEquals(5, tooMany.line());
    assertEquals(2, taken.size());
    assertEquals(3, intake.tally().lines());
    assertEquals(1, intake.tally().count(DeviceVerdict.MALFORMED));
    assertEquals(2, intake.tally().refused(DeviceVerdict.MALFORMED)[0]);
  }
}
