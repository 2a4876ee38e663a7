package io.millrace.ops.cli;

import io.millrace.connectors.trial.UsageTrial;
import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Json;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.trial.TrialTotals;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes charges, a JSON object a line, in an order that does not depend on how many threads rate;
 * or nowhere.
 */
final class RatedCharges implements UsageTrial.ChargeSink, AutoCloseable {
  private final @Nullable Writer out;

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

  @Override
  public void write(
      ChargeRow charge, Rules rules, String subject, String account, StringBuilder to) {
    int scale = rules.catalog().ledgerScale();
    Map<String, Object> tree =
        Json.object(
            "subject", subject,
            "account", account,
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
    to.append(Json.line(tree)).append('\n');
  }

  @Override
  public void written(StringBuilder charges) throws IOException {
    if (out != null) {
      out.append(charges);
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
