package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.PeriodRule;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Currency;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrenceTest {

  @ParameterizedTest
  @CsvSource({
    "DAY, 2026-11-01T23:00:00Z, 2026-11-02T23:00:00Z",
    "DAY, 2026-11-02T10:30:00Z, 2026-11-02T23:00:00Z",
    "DAY, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    "MONTH, 2028-02-15T00:00:00Z, 2028-02-29T23:00:00Z",
  })
  void chargeAfterOne_isDueAsTheNextDayOrMonthBegins(Every every, String due, String next) {
    Recurrence recurrence = recurrence("0.10", every);
    long from = Instant.parse(due).toEpochMilli();
    assertEquals(from, recurrence.firstDue(from));
    assertEquals(Instant.parse(next).toEpochMilli(), recurrence.nextDue(from));
  }

  @Test
  void yearOfDays_isChargedOnceADay() {
    Recurrence recurrence = recurrence("0.10", Every.DAY);
    long end = Instant.parse("2027-11-01T23:00:00Z").toEpochMilli();
    int charges = 0;
    long due = recurrence.firstDue(Instant.parse("2026-11-02T15:00:00Z").toEpochMilli());
    for (; due < end; due = recurrence.nextDue(due)) {
      charges++;
    }
    assertEquals(365, charges);
    assertEquals(end, due);
  }

  @Test
  void amount_isInLedgerUnits() {
    assertEquals(100_000_000, recurrence("0.10", Every.DAY).amount());
    assertEquals(1, recurrence("0.0000000010", Every.DAY).amount());
  }

  @Test
  void amountThatIsNoLedgerAmount_isAnError() {
    assertThrows(ArithmeticException.class, () -> recurrence("0.0000000001", Every.DAY));
    assertThrows(ArithmeticException.class, () -> recurrence("9223372036.854775808", Every.DAY));
  }

  private static Recurrence recurrence(String amount, Every every) {
    Catalog catalog =
        new Catalog(
            "test",
            Instant.EPOCH,
            Currency.getInstance("EUR"),
            ZoneId.of("Europe/Madrid"),
            new PeriodRule.Calendar(Every.DAY),
            Map.of(),
            Map.of(),
            false,
            "");
    return Recurrence.of(new ChargeRule.Recurring("lease", new BigDecimal(amount), every), catalog);
  }
}
