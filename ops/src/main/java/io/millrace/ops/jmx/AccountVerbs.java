package io.millrace.ops.jmx;

import io.millrace.ops.rest.Answer;
import io.millrace.ops.rest.Api;
import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Accounts over JMX: the same operations that REST has, checked by the same contract. */
final class AccountVerbs implements AccountsMXBean {
  private final Api api;

  AccountVerbs(Api api) {
    this.api = api;
  }

  @Override
  public String show(String account) {
    return told(api.answer(Api.Request.get(path(account), "")));
  }

  @Override
  public String topUp(String account, String amount, String key) {
    return post(path(account) + "/top-up", key, Json.object("amount", amount));
  }

  @Override
  public String adjust(String account, String amount, String reason, String key) {
    return post(path(account) + "/adjust", key, Json.object("amount", amount, "reason", reason));
  }

  @Override
  public String topUpBucket(
      String account, String amount, String bucket, String expires, String eventType, String key) {
    return post(
        path(account) + "/top-up",
        key,
        Json.object(
            "amount", amount, "bucket", bucket, "expires", said(expires), "for", said(eventType)));
  }

  @Override
  public String topUpUnits(
      String account, String units, String allowance, String bucket, String expires, String key) {
    return post(
        path(account) + "/top-up",
        key,
        Json.object(
            "units",
            units,
            "allowance",
            allowance,
            "bucket",
            said(bucket),
            "expires",
            said(expires)));
  }

  @Override
  public String adjustBucket(
      String account, String amount, String bucket, String reason, String key) {
    return post(
        path(account) + "/adjust",
        key,
        Json.object("amount", amount, "bucket", bucket, "reason", reason));
  }

  @Override
  public String adjustUnits(
      String account, String units, String allowance, String bucket, String reason, String key) {
    return post(
        path(account) + "/adjust",
        key,
        Json.object(
            "units", units, "allowance", allowance, "bucket", said(bucket), "reason", reason));
  }

  private static @Nullable String said(String text) {
    return text.isEmpty() ? null : text;
  }

  private static String path(String account) {
    return "/v1/accounts/" + URLEncoder.encode(account, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String post(String path, String key, Map<String, Object> asked) {
    byte[] body = Json.line(asked).getBytes(StandardCharsets.UTF_8);
    Api.Request request = new Api.Request("POST", path, "", "application/json", body);
    return told(api.answer(request, Map.of("idempotency-key", key), null));
  }

  private static String told(Answer answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    if (answer.status() < 300) {
      return text;
    }
    throw new IllegalStateException(problem(answer.body(), text));
  }

  private static @Nullable String problem(byte[] body, String text) {
    try {
      Map<String, Object> tree = Json.readObject(body);
      return tree.get("code") + ": " + tree.get("title") + "; " + tree.get("detail");
    } catch (IOException e) {
      return text;
    }
  }
}
