package io.millrace.ops.rest;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What accounts with balances are asked, ahead of the route that REST comes in by: a request is
 * checked and handed to its shard on the event loop, and its answer written there after the commit,
 * so that no thread waits for one.
 */
public final class AccountRequests {
  private static final int BEFORE_ALL_OTHERS = -1;
  private static final String KEY = "idempotency-key";

  private final Contract contract;
  private final Api api;
  private final Callers callers;
  private final Map<String, Call.Later> handlers;
  private final AccountHandlers accounts;
  private final Map<String, Call.Later> known;

  /**
   * For some operations of a contract.
   *
   * @param handlers by operation id
   * @param accounts answers for those that are known
   * @param known by operation id, those that wait for nothing where the account is known
   */
  public AccountRequests(
      Contract contract,
      Api api,
      Callers callers,
      Map<String, Call.Later> handlers,
      AccountHandlers accounts,
      Map<String, Call.Later> known) {
    this.contract = contract;
    this.api = api;
    this.callers = callers;
    this.handlers = new HashMap<>(handlers);
    this.accounts = accounts;
    this.known = new HashMap<>(known);
    this.known.put("account", accounts::known);
  }

  /** Has a router answer them. */
  public void answerOn(Router router) {
    for (Contract.Operation operation : contract.operations()) {
      Call.Later handler = handlers.get(operation.id());
      Call.Later ofKnown = known.get(operation.id());
      if (handler != null) {
        at(router, operation).handler(context -> begin(context, handler));
      } else if (ofKnown != null) {
        at(router, operation).handler(context -> beginKnown(context, ofKnown));
      }
    }
  }

  private static io.vertx.ext.web.Route at(Router router, Contract.Operation operation) {
    String path = "/" + String.join("/", operation.segments());
    return router
        .route(HttpMethod.valueOf(operation.method()), path.replaceAll("\\{(\\w+)}", ":$1"))
        .order(BEFORE_ALL_OTHERS);
  }

  private void beginKnown(RoutingContext context, Call.Later handler) {
    if (isOfKnown(context)) {
      begin(context, handler);
    } else {
      context.next();
    }
  }

  private boolean isOfKnown(RoutingContext context) {
    String name = context.pathParam("account");
    return name != null && accounts.isKnown(name);
  }

  private void begin(RoutingContext context, Call.Later handler) {
    HttpServerRequest request = context.request();
    io.vertx.core.Context loop = context.vertx().getOrCreateContext();
    UsageExchange exchange = new UsageExchange(request, loop);
    if (!callers.isForUs(request)) {
      exchange.send(Callers.misdirected());
      return;
    }
    exchange.read(
        RestRoute.MOST_BODY,
        body -> {
          String key = request.getHeader(KEY);
          Api.Request asked =
              new Api.Request(
                  request.method().name(),
                  request.path() == null ? "/" : request.path(),
                  request.query() == null ? "" : request.query(),
                  request.getHeader("Content-Type"),
                  body);
          Map<String, String> headers = key == null ? Map.of() : Map.of(KEY, key);
          Executor after = next -> loop.runOnContext(v -> next.run());
          api.begin(asked, headers, handler, after).thenAccept(exchange::send);
        });
  }
}
