package io.millrace.tests.architecture.planted.processors;

final class FloatingMoney {
  double unitPrice;
  double chargesPerSecond;

  void add(Double balance) {
    unitPrice += balance;
    chargesPerSecond++;
  }
}
