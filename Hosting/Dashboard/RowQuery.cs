namespace ActorStack.Hosting.Dashboard;

/// <summary>The part of the table that a viewer sees.</summary>
/// <param name="Filter">A text that a row must contain; null: any.</param>
/// <param name="RunsOn"><c>software</c> or an engine's name; null: any.</param>
/// <param name="Node">The name of a node; null: any.</param>
/// <param name="Sort">The <see cref="RowOrder"/>, in any case; null or unknown: by the id.</param>
/// <param name="Descending">Whether the greatest comes first.</param>
/// <param name="Offset">The number of rows before the first one.</param>
/// <param name="Count">The number of rows.</param>
internal sealed record RowQuery(
    string? Filter, string? RunsOn, string? Node, string? Sort, bool? Descending, int? Offset, int? Count)
{
    /// <summary>The most rows of an answer.</summary>
    public const int MostRows = 500;

    private const int UsualRows = 100;

    public int Length => Math.Clamp(Count ?? UsualRows, 0, MostRows);

    private RowOrder Order => Enum.TryParse<RowOrder>(Sort, ignoreCase: true, out var order) ? order : RowOrder.Id;

    /// <summary>The rows that match, in their order. Equal ones are in the order of their ids.</summary>
    public IReadOnlyList<ConnectionRow> Select(IReadOnlyList<ConnectionRow> rows)
    {
        var matching = rows.Where(row =>
            (string.IsNullOrEmpty(Filter) || row.Contains(Filter)) && (string.IsNullOrEmpty(RunsOn) || row.RunsOn == RunsOn)
            && (string.IsNullOrEmpty(Node) || row.Node == Node));
        return Order switch
        {
            RowOrder.Id => Descending is true ? [.. matching.Reverse()] : [.. matching],
            RowOrder.Node => By(row => row.Node, StringComparer.Ordinal),
            RowOrder.Remote => By(row => row.Remote, StringComparer.Ordinal),
            RowOrder.Local => By(row => row.Local, StringComparer.Ordinal),
            RowOrder.State => By(row => row.State, StringComparer.Ordinal),
            RowOrder.RunsOn => By(row => row.RunsOn, StringComparer.Ordinal),
            RowOrder.ReceiveRate => By(row => row.ReceiveRate),
            RowOrder.SendRate => By(row => row.SendRate),
            RowOrder.BytesReceived => By(row => row.BytesReceived),
            RowOrder.BytesSent => By(row => row.BytesSent),
            RowOrder.Rtt => By(row => row.RttMicroseconds),
            RowOrder.CongestionWindow => By(row => row.CongestionWindow),
            RowOrder.Retransmissions => By(row => row.Retransmissions),
            RowOrder.Migrations => By(row => row.Migrations),
            RowOrder.Age => By(row => row.AgeSeconds),
            _ => [.. matching],
        };

        List<ConnectionRow> By<TKey>(Func<ConnectionRow, TKey> key, IComparer<TKey>? comparer = null) =>
            Descending is true ? [.. matching.OrderByDescending(key, comparer)] : [.. matching.OrderBy(key, comparer)];
    }
}
