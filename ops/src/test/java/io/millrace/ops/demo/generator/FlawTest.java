package io.millrace.ops.demo.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.EventType;
import io.millrace.processors.rating.MeterValue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the lamps send as the gateway's codec reads it. */
class FlawTest {
  private static final Load LOAD = new Load(300, 4, 11, Load.SMART_CITY_DAY);

  private final Lamps lamps = new Lamps(LOAD.seed(), Household.load());
  private final ReportWriter writer = new ReportWriter(LOAD, lamps);
  private final byte[] buffer = new byte[ReportWriter.MAX_BYTES];
  private final DecodedEvent event = new DecodedEvent();
  private final CloudEventsCodec codec =
      new CloudEventsCodec(
          List.of(
              new EventType("lamp.report", List.of(new EventType.Reading("data.wh", 3, false)))),
          new byte[16],
          MeterValue::parse);

  @ParameterizedTest
  @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN_LAMP")
  void aFlawedReport_isRefusedForItsReason(Flaw flaw) {
    for (int lamp = 1; lamp <= LOAD.lamps(); lamp++) {
      long key = EventKey.of(lamp, lamp % LOAD.minutes(), EventKey.FLAWED + flaw.ordinal());
      int end = writer.payload(key, buffer, 0);
      var reason = codec.decode(buffer, 0, end, event);
      assertEquals(flaw.reason(), reason == null ? "none" : reason.code(), "lamp " + lamp);
    }
  }

  @Test
  void aGoodReport_isReadAsItWasMeant() {
    for (int lamp = 1; lamp <= LOAD.lamps(); lamp++) {
      int minute = lamp % LOAD.minutes();
      int end = writer.payload(EventKey.of(lamp, minute, EventKey.REPORT), buffer, 0);
      assertNull(codec.decode(buffer, 0, end, event));
      assertEquals(minute + 1, event.eventId);
      assertEquals(lamps.milliwattHours(lamp, minute), event.values[0]);
      long at = LOAD.start().toEpochMilli() + minute * 60_000L + lamps.second(lamp) * 1000L;
      assertEquals(at, event.occurredAt);
    }
  }
}
