using ActorStack.Hosting.Tests.Arrival;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// Linux as the oracle of arriving segments (RFC 9293 section 3.10.7): what is sent raw to a kernel listener and to the stack is
/// answered alike, but for the differences listed, each with the sentence that allows it.
/// </summary>
public sealed class ArrivalOracleTests
{
    private const int AtOnce = 150;

    /// <summary>A loaded machine may answer late: what differs is tried again before it counts.</summary>
    private const int Runs = 3;

    [LinuxFact]
    [Rfc(9293, "3.10.7")]
    [Rfc(7323, "4.3", "5.3")]
    public async Task A_segment_is_answered_as_Linux_answers_it()
    {
        await using var ground = await ArrivalGround.StartAsync();
        IReadOnlyList<ArrivalCell> left = ArrivalCell.All;
        var differing = new Dictionary<ArrivalCell, string>();
        var seen = new List<(ArrivalCell Cell, string Linux, string Stack)>();
        for (var run = 0; run < Runs && left.Count > 0; run++)
        {
            differing.Clear();
            foreach (var cells in left.Chunk(AtOnce))
            {
                var answers = ground.Run(cells);
                foreach (var cell in cells)
                {
                    if (!answers.TryGetValue(cell, out var answer))
                    {
                        differing[cell] = "not brought about";
                        continue;
                    }

                    seen.Add((cell, answer.Linux, answer.Stack));
                    if (!AllowedDifference.IsAllowed(cell, answer.Linux, answer.Stack))
                        differing[cell] = $"Linux {answer.Linux}, stack {answer.Stack}";
                }
            }

            left = [.. differing.Keys];
        }

        Assert.True(differing.Count == 0, string.Join("\n", differing.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.Empty(AllowedDifference.Unmet(seen));
    }
}
