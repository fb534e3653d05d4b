namespace ActorStack.Hosting.Dashboard;

/// <summary>A part of the table.</summary>
/// <param name="Sample">The number of the sample.</param>
/// <param name="Total">All connections.</param>
/// <param name="Matched">Those that match the filter.</param>
/// <param name="Offset">The number of matching rows before the first one here.</param>
/// <param name="Rows">The rows.</param>
internal sealed record RowPage(long Sample, int Total, int Matched, int Offset, IReadOnlyList<ConnectionRow> Rows);
