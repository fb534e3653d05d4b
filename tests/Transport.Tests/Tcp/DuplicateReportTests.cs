using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// RFC 2883: the first SACK block reports once what arrived twice. The numbers of the examples are the RFC's; text is written
/// "3000:3500", an answer "ack 4000 sack 3000:3500 4500:5000".
/// </summary>
public sealed class DuplicateReportTests
{
    /// <summary>4.1.1: two acknowledgments are lost; 4.1.2: and a segment; 4.1.3: text beyond a gap comes twice.</summary>
    public static TheoryData<Case<string[]>> FullDuplicates => new()
    {
        new Case<string[]>(
            [
                "3000:3500 -> ack 3500", "3500:4000 -> ack 4000", "3000:3500 -> ack 4000 sack 3000:3500",
            ],
            "4.1.1"),
        new Case<string[]>(
            [
                "3000:3500 -> ack 3500", "3500:4000 -> ack 4000", "4500:5000 -> ack 4000 sack 4500:5000",
                "3000:3500 -> ack 4000 sack 3000:3500 4500:5000",
            ],
            "4.1.2"),
        new Case<string[]>(
            [
                "3500:4000 -> ack 4000", "4500:5000 -> ack 4000 sack 4500:5000", "5000:5500 -> ack 4000 sack 4500:5500",
                "5000:5500 -> ack 4000 sack 5000:5500 4500:5500",
            ],
            "4.1.3"),
    };

    /// <summary>4.2.1 (one part below the acknowledgment), 4.2.2 (two parts below it), 4.2.3 (two parts beyond a gap).</summary>
    public static TheoryData<Case<string[]>> PartialDuplicates => new()
    {
        new Case<string[]>(
            [
                "500:1000 -> ack 1000", "2000:2500 -> ack 1000 sack 2000:2500", "1000:1500 -> ack 1500 sack 2000:2500",
                "1000:2000 -> ack 2500 sack 1000:1500",
            ],
            "4.2.1"),
        new Case<string[]>(
            [
                "500:1000 -> ack 1000", "3000:3500 -> ack 1000 sack 3000:3500", "1000:1500 -> ack 1500 sack 3000:3500",
                "2000:2500 -> ack 1500 sack 2000:2500 3000:3500", "1000:2500 -> ack 2500 sack 1000:1500 3000:3500",
            ],
            "4.2.2"),
        new Case<string[]>(
            [
                "500:1000 -> ack 1000", "3500:4000 -> ack 1000 sack 3500:4000", "1500:2000 -> ack 1000 sack 1500:2000 3500:4000",
                "2500:3000 -> ack 1000 sack 2500:3000 1500:2000 3500:4000",
                "1500:3000 -> ack 1000 sack 1500:2000 1500:3000 3500:4000",
            ],
            "4.2.3"),
        new Case<string[]>([.. Gaps, "150:250 -> ack 100 sack 200:250 150:300 600:700 400:500"], "its end overlaps a block"),
        new Case<string[]>([.. Gaps, "250:350 -> ack 100 sack 250:300 200:350 600:700 400:500"], "its begin overlaps a block"),
        new Case<string[]>([.. Gaps, "150:350 -> ack 100 sack 200:300 150:350 600:700 400:500"], "it surrounds a block"),
        new Case<string[]>([.. Gaps, "350:750 -> ack 100 sack 400:500 350:750 200:300"], "it surrounds two"),
        new Case<string[]>([.. Gaps, "100:400 -> ack 500 sack 200:300 600:700"], "it fills a gap and more"),
        new Case<string[]>([.. Gaps, "100:800 -> ack 800 sack 200:300"], "it fills all gaps"),
        new Case<string[]>([.. Gaps, "50:250 -> ack 300 sack 50:100 600:700 400:500"], "it begins below and overlaps a block"),
        new Case<string[]>([.. Gaps, "300:350 -> ack 100 sack 200:350 600:700 400:500"], "it touches a block"),
    };

    private static string[] Gaps =>
    [
        "1:100 -> ack 100", "200:300 -> ack 100 sack 200:300", "400:500 -> ack 100 sack 400:500 200:300",
        "600:700 -> ack 100 sack 600:700 400:500 200:300",
    ];

    [Theory]
    [MemberData(nameof(FullDuplicates))]
    [Rfc(2883, "4.1.1", "4.1.2", "4.1.3")]
    public void Text_that_arrives_again_is_reported(Case<string[]> example) => Play(example.Name, example.Value);

    [Theory]
    [MemberData(nameof(PartialDuplicates))]
    [Rfc(2883, "4.2.1", "4.2.2", "4.2.3")]
    public void The_first_part_that_was_there_is_reported(Case<string[]> example) => Play(example.Name, example.Value);

    [Fact]
    [Rfc(2883, "4")]
    public void A_report_is_made_once()
    {
        var peer = Begun(1);
        Arrive(peer, "1:100");
        Arrive(peer, "200:300");
        Assert.Equal("ack 100 sack 250:300 200:350", Arrive(peer, "250:350"));
        Assert.Equal("ack 100 sack 400:500 200:350", Arrive(peer, "400:500"));
    }

    [Fact]
    public void Without_SACK_nothing_is_reported()
    {
        var peer = Begun(1, TcpSettings.Default with { Sack = false, Timestamps = false });
        Arrive(peer, "1:100");
        Arrive(peer, "200:300");
        Assert.Equal("ack 100", Arrive(peer, "250:350"));
        Assert.Equal("ack 350", Arrive(peer, "50:300"));
    }

    /// <summary>A sender that resends what was there hears of it in the same segment, whichever part it was.</summary>
    [Fact]
    [Rfc(2883, "4.2.3")]
    public void A_partial_duplicate_ends_the_delay_of_acknowledgments()
    {
        var peer = Begun(1);
        Arrive(peer, "1:100");
        Arrive(peer, "200:300");
        peer.Write(10); // a dialogue: no more quick acknowledgments
        Arrive(peer, "250:350");
        Assert.Equal(16, peer.Connection.Export(ExportScope.Bare, peer.Now).Acknowledging.QuickAcks);
    }

    private static void Play(string example, string[] steps)
    {
        foreach (var isMoved in (bool[])[false, true])
        {
            var peer = Begun(uint.Parse(steps[0].Split(':')[0]));
            foreach (var step in steps)
            {
                var (text, expected) = (step.Split(" -> ")[0], step.Split(" -> ")[1]);
                if (isMoved) peer.Move();
                Take(peer, text);
                if (isMoved) peer.Move();
                var seen = Show(Assert.Single(peer.Output()));
                Assert.True(expected == seen, $"{example}, {text}{(isMoved ? ", moved" : "")}: expected {expected}, seen {seen}");
            }
        }
    }

    /// <summary>Established, with all text below <paramref name="first"/> there.</summary>
    private static ScriptedPeer Begun(uint first, TcpSettings? settings = null) =>
        ScriptedPeer.Established(settings, peerIss: first - 1);

    private static string Arrive(ScriptedPeer peer, string text)
    {
        Take(peer, text);
        return Show(Assert.Single(peer.Output()));
    }

    private static void Take(ScriptedPeer peer, string text)
    {
        var (start, end) = (uint.Parse(text.Split(':')[0]), uint.Parse(text.Split(':')[1]));
        peer.Take(TcpFlags.Ack, start, 5001, (int)(end - start));
    }

    private static string Show(in OutboundSegment answer)
    {
        var shown = $"ack {answer.Acknowledgment.Value}";
        for (var i = 0; i < answer.Options.SackCount; i++)
            shown += $"{(i == 0 ? " sack" : "")} {answer.Options.Sack[i].Left.Value}:{answer.Options.Sack[i].Right.Value}";
        return shown;
    }
}
