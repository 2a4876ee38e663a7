package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One fault in a price: where it is said to be, by the text that stands there, and its code. */
class BadPriceTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # price of the charge                                                      | where it stands | code
          graduated: 0.10, unit: kWh                                                 | 0.10            | bad-type
          graduated: [], unit: kWh                                                   | graduated       | no-tiers
          'graduated: [{to: 1, per-unit: 1}, 5], unit: kWh'                          | 5]              | bad-type
          'graduated: [{to: 1, per-unit: 1}, {per-unit: 5, per-units: 5}], unit: kWh' | per-units      | unknown-key
          'graduated: [{to: 1, per-unit: 1}, {from: 1}], unit: kWh'                  | {from           | no-price
          'graduated: [{to: 1, per-unit: 1}, {per-unit: 1, price: 1}], unit: kWh'    | price           | unknown-key
          'graduated: [{to: 1, per-unit: -1}, {per-unit: 1}], unit: kWh'             | -1              | negative-number
          'graduated: [{to: 1, per-unit: 1}, {to: 2, per-unit: 2}], unit: kWh'       | 2, per-unit: 2  | tier-gap
          'graduated: [{from: 1, to: 2, per-unit: 1}, {per-unit: 2}], unit: kWh'     | 1, to           | tier-gap
          'graduated: [{to: 1, per-unit: 1}, {from: 2, per-unit: 2}], unit: kWh'     | 2, per          | tier-gap
          'graduated: [{to: 2, per-unit: 1}, {from: 1.999, per-unit: 2}], unit: kWh' | 1.999           | tier-overlap
          'graduated: [{per-unit: 1}, {per-unit: 2}], unit: kWh'                     | {per-unit: 1    | never-reached
          'graduated: [{to: 2, per-unit: 1}, {to: 2, per-unit: 3}, {per-unit: 2}], unit: kWh' | 2, per-unit: 3 | never-reached
          'graduated: [{to: 0, per-unit: 1}, {per-unit: 2}], unit: kWh'              | 0, per          | bound-of-nothing
          'graduated: [{to: 0.0000001, per-unit: 1}, {per-unit: 2}], unit: kWh'      | 0.0000001       | bound-too-fine
          'graduated: [{to: 999999999999, per-unit: 1}, {per-unit: 2}], unit: MWh'   | 999999999999    | never-reached
          'graduated: [{to: 1, per-unit: 1}, {per-unit: 2}]'                         | energy: {meter: energy, grad | missing-field
          'graduated: [{to: 1, per-unit: 1}, {per-unit: 2}], unit: MB'               | MB              | other-dimension
          'graduated: [{to: 1, per-unit: 1}, {per-unit: 2}], per-unit: 1, unit: kWh' | per-unit: 1, unit | two-prices
          'volume: [{to: 2, per-unit: 1}, {from: 3, per-unit: 2}], unit: kWh'        | 3, per          | tier-gap
          'stair-step: [{to: 2, price: 1}, {price: 3, per-unit: 2}], unit: kWh'      | per-unit        | unknown-key
          'stair-step: [{to: 2}, {price: 2}], unit: kWh'                             | {to             | missing-field
          'package: 100, unit: kWh'                                                  | 100             | bad-type
          'package: {of: 0, price: 1}, unit: kWh'                                    | 0, price        | bound-of-nothing
          'package: {of: 10}, unit: kWh'                                             | package         | missing-field
          'package: {price: 10}, unit: kWh'                                          | package         | missing-field
          'package: {of: 10, price: 1}'                                              | energy: {meter: energy, pack | missing-field
          'package: {of: 10, price: 1}, unit: kWh, round: {each: period, up-to: 1}'  | round           | round-of-package
          'flat: 5, unit: kWh'                                                       | unit: kWh}      | unknown-key
          'flat: -5'                                                                 | -5              | negative-number
          'free: yes'                                                                | yes             | bad-free
          'per-unit: 1, unit: kWh, round: 1'                                         | 1}              | bad-type
          'per-unit: 1, unit: kWh, round: {each: event}'                             | round           | no-rounding
          'per-unit: 1, unit: kWh, round: {up-to: 1}'                                | round           | missing-field
          'per-unit: 1, unit: kWh, round: {each: hour, up-to: 1}'                    | hour            | unknown-each
          'per-unit: 1, unit: kWh, round: {each: event, up-to: 1, nearest: 1}'       | nearest         | two-roundings
          'per-unit: 1, unit: kWh, round: {each: event, up-to: 0}'                   | 0}              | bound-of-nothing
          'per-unit: 1, unit: kWh, round: {each: event, up-to: 0.0000001}'           | 0.0000001       | bound-too-fine
          'per-unit: 1, unit: kWh, round: {each: period, at-most: 1}'                | 1}              | at-least-of-period
          'per-unit: 1, unit: kWh, round: {each: event, at-least: 2, at-most: 1}'    | 1}              | most-below-least
          'per-unit: 1, unit: kWh, round: {each: event, at-most: 0}'                 | 0}              | bound-of-nothing
          'per-unit: 1, unit: kWh, round: {each: period, at-least: 1}'               | 1}              | at-least-of-period
          """)
  void oneFault_isReportedWhereItIs(String price, String at, String code) {
    String text = Catalogs.SOUND.replace("per-unit: 0.00005, unit: kWh", price);
    int column = text.split("\n", -1)[12].indexOf(at) + 1;
    String first = Catalogs.faults(text).split(", ", -1)[0];
    assertEquals("13:" + column + " " + code, first);
  }

  @ParameterizedTest
  @CsvSource({"65, 13:31 too-many-tiers", "64, ''"})
  void tiers_areFew(int tiers, String fault) {
    StringBuilder list = new StringBuilder();
    for (int i = 1; i < tiers; i++) {
      list.append("{to: ").append(i).append(", per-unit: 1}, ");
    }
    String text =
        Catalogs.SOUND.replace("per-unit: 0.00005", "graduated: [" + list + "{per-unit: 1}]");
    assertEquals(fault, fault.isEmpty() ? accepted(text) : Catalogs.faults(text));
  }

  private static String accepted(String text) {
    Catalogs.accept(text);
    return "";
  }
}
