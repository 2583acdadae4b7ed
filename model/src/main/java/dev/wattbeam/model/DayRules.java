package dev.wattbeam.model;

/**
 * Thresholds of the validation rules that judge a meter's local day. They set {@link RowFlag}s on
 * the day's row and never change energy.
 *
 * @param spikeTolerance highest interval over third-highest, minus one, in percent, above which the
 *     day has a spike (the classic tolerance is 180); 0 turns the rule off
 * @param abruptFactor an interval's energy over that of the one before, or the other way round,
 *     above which the change is abrupt; 0 turns the rule off
 * @param zeroRunIntervals 15-minute intervals of zero energy in a row that are too many; 0 is off
 * @param frozenReadings equal intervals in a row, not zero, that are too many; 0 is off
 * @param usageFactor day's energy over the mean of the month's other complete days, or the other
 *     way round, above which usage is high or low; 0 turns the rule off
 * @param estimatedPercent share of estimated time that is too much, percent; 0 turns the rule off
 */
public record DayRules(
    int spikeTolerance,
    int abruptFactor,
    int zeroRunIntervals,
    int frozenReadings,
    int usageFactor,
    int estimatedPercent) {
  /** Usual values for households. */
  public static final DayRules DEFAULT = new DayRules(180, 20, 48, 24, 5, 50);
}
