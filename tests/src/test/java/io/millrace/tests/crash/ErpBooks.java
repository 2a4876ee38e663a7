package io.millrace.tests.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.ops.demo.manifest.Figures;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the ERP holds, as anyone may read it.
 *
 * @param port where it serves
 */
record ErpBooks(int port) {

  /** How many entries it holds. */
  int entries() throws IOException, InterruptedException {
    return read().size();
  }

  /** Totals by {@link Figures#erpKey}; an entry that is there twice counts twice. */
  SortedMap<String, BigDecimal> totals() throws IOException, InterruptedException {
    SortedMap<String, BigDecimal> totals = new TreeMap<>();
    for (JsonNode each : read()) {
      JsonNode entry = each.get("entry");
      totals.merge(
          Figures.erpKey(entry.get("period").asInt(), entry.get("account").asText()),
          new BigDecimal(entry.get("total").asText()),
          BigDecimal::add);
    }
    return totals;
  }

  private JsonNode read() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + "/journal-entries");
      return new ObjectMapper()
          .readTree(
              client
                  .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                  .body());
    }
  }
}
