package io.shardeddb.local.node;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Amounts as Kubernetes writes them. */
final class Quantity {
    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            Map.entry("m", new BigDecimal("0.001")),
            Map.entry("k", new BigDecimal("1000")),
            Map.entry("M", new BigDecimal("1000000")),
            Map.entry("G", new BigDecimal("1000000000")),
            Map.entry("T", new BigDecimal("1000000000000")),
            Map.entry("Ki", new BigDecimal(1L << 10)),
            Map.entry("Mi", new BigDecimal(1L << 20)),
            Map.entry("Gi", new BigDecimal(1L << 30)),
            Map.entry("Ti", new BigDecimal(1L << 40)));

    private Quantity() {}

    /** The amount in whole units, rounded up, as the downward API gives it. */
    static String whole(String quantity) {
        String number = quantity.replaceAll("[A-Za-z]+$", "");
        BigDecimal unit = UNITS.getOrDefault(quantity.substring(number.length()), BigDecimal.ONE);
        try {
            return new BigDecimal(number)
                    .multiply(unit)
                    .setScale(0, RoundingMode.CEILING)
                    .toPlainString();
        } catch (NumberFormatException e) {
            return "0";
        }
    }
}
