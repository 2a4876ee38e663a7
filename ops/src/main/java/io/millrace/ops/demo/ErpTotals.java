package io.millrace.ops.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ops.demo.manifest.Figures;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the ERP itself says that it holds, asked over HTTP. */
final class ErpTotals {
  private ErpTotals() {}

  /**
   * The totals of its journal entries, by {@link Figures#erpKey}; entries of one key are added, so
   * that one stored twice shows.
   */
  static SortedMap<String, BigDecimal> read(URI erp) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(erp.resolve("/journal-entries")).build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(
            "the ERP answers " + answer.statusCode() + " to a list of its entries");
      }
      return totals(answer.body());
    }
  }

  private static SortedMap<String, BigDecimal> totals(String body) throws IOException {
    SortedMap<String, BigDecimal> totals = new TreeMap<>();
    int period = 0;
    String account = "";
    try (JsonParser json = new JsonFactory().createParser(body)) {
      int depth = 0;
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token.isScalarValue() && depth == ENTRY_DEPTH) {
          switch (String.valueOf(json.currentName())) {
            case "period" -> period = json.getIntValue();
            case "account" -> account = json.getText();
            case "total" ->
                totals.merge(
                    Figures.erpKey(period, account),
                    new BigDecimal(json.getText()),
                    BigDecimal::add);
            default -> {}
          }
        }
      }
    }
    return totals;
  }

  /** Of the members of an entry: in the list, in its element, in the element's {@code entry}. */
  private static final int ENTRY_DEPTH = 3;
}
