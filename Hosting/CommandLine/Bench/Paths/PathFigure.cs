namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>One cell of the table.</summary>
/// <param name="Cell">The cell's name.</param>
/// <param name="Role">What was measured on it: one of the names in <see cref="PathRole"/>.</param>
/// <param name="Unit">Of both figures: Mbit/s of goodput, ms at p99.</param>
/// <param name="Reference">The kernel's figure; of <see cref="PathRole.Moved"/> that of the connection that never moved.</param>
/// <param name="Stack">The software stack's.</param>
/// <param name="Ratio">Above 1: better than the reference.</param>
/// <param name="ReferencePath">What the path did to the reference's packets, over all seeds, in the direction of the
/// data.</param>
/// <param name="StackPath">And to the stack's.</param>
internal sealed record PathFigure(
    string Cell, string Role, string Unit, double Reference, double Stack, double Ratio, PathTotals ReferencePath,
    PathTotals StackPath);
