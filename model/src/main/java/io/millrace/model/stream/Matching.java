package io.millrace.model.stream;

/**
 * How queries find their keys, means over queries.
 *
 * @param accuracy (1+K)-way: fraction of queries whose own key is the most similar, 0 to 1
 * @param positiveSimilarity cosine of a query and its own key, -1 to 1; near 1 when training works,
 *     and when everything has collapsed to one point
 * @param negativeSimilarity cosine of a query and the negatives, -1 to 1; near 0 when features
 *     spread, near the positive one when they have collapsed
 */
public record Matching(double accuracy, double positiveSimilarity, double negativeSimilarity) {}
