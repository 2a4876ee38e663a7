package io.millrace.connectors.settlement;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A pool whose connections die, as if the process did, before their n-th step. */
final class DyingPool implements DataSource {

  private static final Set<String> STEPS =
      Set.of("prepareStatement", "unwrap", "commit", "createArrayOf");

  private final DataSource pool;
  private final int steps;

  DyingPool(DataSource pool, int steps) {
    this.pool = pool;
    this.steps = steps;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection real = pool.getConnection();
    AtomicInteger left = new AtomicInteger(steps);
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (STEPS.contains(method.getName()) && left.getAndDecrement() == 0) {
                real.abort(Runnable::run);
                throw new SQLException("died at step " + steps);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public Connection getConnection(String user, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PrintWriter getLogWriter() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLoginTimeout(int seconds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getLoginTimeout() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Logger getParentLogger() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
