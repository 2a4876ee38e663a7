package io.millrace.ops.cli;

import io.millrace.connectors.trial.UsageTrial;
import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Json;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.trial.TrialTotals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes charges as they are sealed, a JSON object a line; or nowhere. */
final class RatedCharges implements UsageTrial.ChargeSink, AutoCloseable {
  private final @Nullable Writer out;
  private @Nullable UsageTrial trial;

  RatedCharges(@Nullable Path file) throws Refusal {
    try {
      out = file == null ? null : Files.newBufferedWriter(file);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "unwritable",
          "the file " + file + " can't be written",
          "name a file in a folder that is there");
    }
  }

  /** Whose charges they are. */
  void of(UsageTrial of) {
    trial = of;
  }

  @Override
  public void charge(ChargeRow charge, Rules rules) {
    UsageTrial of = trial;
    if (out == null || of == null) {
      return;
    }
    int scale = rules.catalog().ledgerScale();
    Map<String, Object> tree =
        Json.object(
            "subject", of.subject(charge.subscription()),
            "account", of.account(charge.account()),
            "offer", charge.offer(),
            "charge", charge.name(),
            "period", charge.period(),
            "windowStart", Instant.ofEpochMilli(charge.windowStart()),
            "windowEnd", Instant.ofEpochMilli(charge.windowEnd()),
            "delta", charge.delta(),
            "events", charge.events(),
            "quantity", TrialTotals.quantity(charge, rules).toPlainString(),
            "amount", BigDecimal.valueOf(charge.amount(), scale).toPlainString(),
            "tax", RatedReport.code(TrialTotals.tax(charge, rules)),
            "lines", TrialTotals.lines(charge, rules).stream().map(RatedReport::line).toList());
    try {
      out.write(Json.line(tree));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
