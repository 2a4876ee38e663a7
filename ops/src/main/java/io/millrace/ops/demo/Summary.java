package io.millrace.ops.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.ops.demo.manifest.Books;
import io.millrace.ops.demo.manifest.Figures;
import io.millrace.ops.demo.manifest.Proof;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The demo's outcome as JSON. Amounts are strings, so that no reader takes them for doubles. */
public final class Summary {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonGenerator json;

  private Summary(JsonGenerator json) {
    this.json = json;
  }

  /**
   * Writes a file.
   *
   * @throws IOException where it can't be written
   */
  public static void write(Path file, Outcome outcome) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      write(writer, outcome);
    }
  }

  static void write(Writer writer, Outcome outcome) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(writer)) {
      json.useDefaultPrettyPrinter();
      new Summary(json).outcome(outcome);
    }
  }

  private void outcome(Outcome o) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("good", o.good());
    json.writeNumberField("lamps", o.load().lamps());
    json.writeNumberField("hours", o.load().hours());
    json.writeNumberField("seed", o.load().seed());
    json.writeStringField("start", o.load().start().toString());
    json.writeStringField("currency", o.currency());
    json.writeNumberField("tookMillis", o.took().toMillis());
    json.writeNumberField("eventsPerSecond", o.eventsPerSecond());
    json.writeFieldName("expected");
    figures(o.expected());
    json.writeFieldName("actual");
    figures(o.actual());
    json.writeArrayFieldStart("deliveries");
    for (Outcome.Delivery d : o.deliveries()) {
      json.writeStartObject();
      json.writeStringField("document", d.document());
      json.writeStringField("state", d.state());
      json.writeStringField("reference", d.reference());
      json.writeEndObject();
    }
    json.writeEndArray();
    proof(o.proof());
    json.writeStringField("charge", o.charge());
    json.writeEndObject();
  }

  private void figures(Figures f) throws IOException {
    json.writeStartObject();
    json.writeNumberField("received", f.received());
    json.writeNumberField("charged", f.charged());
    json.writeNumberField("duplicates", f.duplicates());
    json.writeObjectFieldStart("suspended");
    for (Map.Entry<String, Long> e : f.suspended().entrySet()) {
      json.writeNumberField(e.getKey(), e.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("energyMilliwattHours", f.energyMilliwattHours());
    json.writeNumberField("leases", f.leases());
    json.writeNumberField("rightLamps", f.rightLamps());
    json.writeArrayFieldStart("books");
    for (Books b : f.books()) {
      json.writeStartObject();
      json.writeNumberField("period", b.period());
      json.writeFieldName("invoice");
      statement(b.invoice());
      json.writeArrayFieldStart("partners");
      for (Books.Statement p : b.partners()) {
        statement(p);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("erp");
    for (Map.Entry<String, BigDecimal> e : f.erp().entrySet()) {
      amount(e.getKey(), e.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void statement(Books.Statement s) throws IOException {
    json.writeStartObject();
    json.writeStringField("account", s.account());
    amount("total", s.total());
    json.writeArrayFieldStart("lines");
    for (Books.Line l : s.lines()) {
      json.writeStartObject();
      json.writeStringField("offer", l.offer());
      json.writeStringField("name", l.name());
      amount("exact", l.exact());
      amount("amount", l.amount());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void proof(Proof proof) throws IOException {
    json.writeObjectFieldStart("proof");
    json.writeBooleanField("holds", proof.holds());
    json.writeArrayFieldStart("rows");
    for (Proof.Row r : proof.rows()) {
      json.writeStartObject();
      json.writeStringField("what", r.what());
      json.writeStringField("expected", r.expected());
      json.writeStringField("actual", r.actual());
      json.writeBooleanField("equal", r.equal());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void amount(String name, BigDecimal amount) throws IOException {
    json.writeStringField(name, amount.toPlainString());
  }
}
