package io.millrace.connectors.settlement;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.processors.settlement.JournalEntry;
import io.millrace.processors.settlement.MinorUnit;
import io.millrace.processors.settlement.Statement;
import io.millrace.processors.settlement.TaxCodes;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * A journal entry as JSON, the same text each time: {@code {reference, tenant, period, kind,
 * account, currency, lines: [{account, text, debit, credit, tax}], total}}. Amounts are decimal
 * strings, exact; a line without a tax code has no {@code tax}.
 */
final class JournalEntryJson {

  private static final JsonFactory JSON = new JsonFactory();

  private JournalEntryJson() {}

  /** The key that a statement is delivered under, in every attempt. */
  static String key(int tenant, Statement statement) {
    return "millrace:" + tenant + ":" + statement.id();
  }

  static String write(
      int tenant,
      String tenantName,
      Statement statement,
      String account,
      String currency,
      MinorUnit unit,
      TaxCodes taxes) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("reference", key(tenant, statement));
      json.writeStringField("tenant", tenantName);
      json.writeNumberField("period", statement.period());
      json.writeStringField("kind", statement.kind().code());
      json.writeStringField("account", account);
      json.writeStringField("currency", currency);
      json.writeArrayFieldStart("lines");
      for (JournalEntry.Line each : JournalEntry.of(statement, account, taxes).lines()) {
        json.writeStartObject();
        json.writeStringField("account", each.account());
        json.writeStringField("text", each.text());
        json.writeStringField("debit", unit.decimal(each.debit()));
        json.writeStringField("credit", unit.decimal(each.credit()));
        if (!each.tax().isEmpty()) {
          json.writeStringField("tax", each.tax());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringField("total", unit.decimal(statement.total()));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text.toString();
  }
}
