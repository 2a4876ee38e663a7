package io.millrace.tests.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Reserves, commits and asks for the balance of one account after the other. */
final class ChargingClient implements OpenLoop.Client {
  private final SplittableRandom random;
  private final int accounts;
  private final String name;
  private int serial;
  private int account;
  private String reservation = "";

  ChargingClient(int accounts, String name) {
    this.accounts = accounts;
    this.name = name;
    this.random = new SplittableRandom(name.hashCode());
  }

  @Override
  public byte[] next() {
    String key = name + "-" + serial;
    switch (serial++ % 3) {
      case 0 -> {
        account = random.nextInt(accounts);
        String body = "{\"device\":\"car-" + account + "\",\"meter\":\"energy\",\"quantity\":\"";
        return request("POST", "/v1/reservations", key, body + quantity() + "\"}");
      }
      case 1 -> {
        String body = "{\"meter\":\"energy\",\"quantity\":\"" + quantity() + "\"}";
        return request("POST", "/v1/reservations/" + reservation + "/commit", key, body);
      }
      default -> {
        return request("GET", "/v1/accounts/a-" + account, "", "");
      }
    }
  }

  private int quantity() {
    return 1 + random.nextInt(1_000);
  }

  @Override
  public void answered(String answer) throws IOException {
    good(answer);
    if (serial % 3 == 1) {
      int at = answer.indexOf("\"r-") + 1;
      reservation = answer.substring(at, answer.indexOf('"', at));
    }
  }

  static KeptConnection connect(String url) {
    try {
      URI at = URI.create(url);
      return new KeptConnection(at.getHost(), at.getPort());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] request(String method, String path, String key, String body) {
    String more = key.isEmpty() ? "" : "Idempotency-Key: " + key + "\r\n";
    return (method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + more
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  static String good(String answer) throws IOException {
    if (!answer.startsWith("HTTP/1.1 20")) {
      throw new IOException("answered " + answer);
    }
    return answer;
  }
}
