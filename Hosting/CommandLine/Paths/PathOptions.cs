using System.CommandLine;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;

namespace ActorStack.CommandLine.Paths;

/// <summary>The options that describe a path.</summary>
internal sealed class PathOptions
{
    private const double Milli = 1e-3;

    private readonly Option<double> _rate = new("--rate") { Description = "Speed of the line, Mbit/s; 0: without limit." };
    private readonly Option<int> _queue =
        new("--queue") { Description = "Bytes that may wait for the line.", DefaultValueFactory = _ => 1 << 20 };
    private readonly Option<int> _queuePackets =
        new("--queue-packets") { Description = "Packets that may wait.", DefaultValueFactory = _ => int.MaxValue };
    private readonly Option<int> _mark =
        new("--mark") { Description = "Waiting bytes from which on ECN-capable packets are marked; 0: never." };
    private readonly Option<double> _delay = new("--delay") { Description = "Milliseconds one way." };
    private readonly Option<double> _jitter = new("--jitter") { Description = "Milliseconds more, at most; the order stays." };
    private readonly Option<double> _loss = new("--loss") { Description = "Chance that a packet is lost by itself, percent." };
    private readonly Option<double> _burst =
        new("--burst") { Description = "Chance that a burst of losses starts with a packet, percent." };
    private readonly Option<double> _burstLength =
        new("--burst-length") { Description = "Mean packets of a burst.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _burstLoss =
        new("--burst-loss") { Description = "Chance of loss in a burst, percent.", DefaultValueFactory = _ => 100 };
    private readonly Option<double> _reorder = new("--reorder") { Description = "Chance that a packet is held back, percent." };
    private readonly Option<double> _reorderDelay =
        new("--reorder-delay") { Description = "Milliseconds it is held back.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _duplicate =
        new("--duplicate") { Description = "Chance that a packet arrives twice, percent." };
    private readonly Option<double> _corrupt =
        new("--corrupt") { Description = "Chance that a bit of a packet is flipped, percent." };
    private readonly Option<bool> _both = new("--both") { Description = "Faults from right to left too." };
    private readonly Option<int> _seed =
        new("--seed") { Description = "Where all chance comes from.", DefaultValueFactory = _ => 1 };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[
            _rate, _queue, _queuePackets, _mark, _delay, _jitter, _loss, _burst, _burstLength, _burstLoss, _reorder,
            _reorderDelay, _duplicate, _corrupt, _both, _seed])
        {
            command.Add(option);
        }
    }

    public PathDescription Read(ParseResult parsed)
    {
        var clean = new WireImpairments
        {
            BitsPerSecond = (long)(parsed.GetValue(_rate) * 1e6),
            QueueBytes = parsed.GetValue(_queue),
            QueuePackets = parsed.GetValue(_queuePackets),
            MarkingBytes = parsed.GetValue(_mark),
            Delay = Time(_delay),
        };
        var faulty = clean with
        {
            Jitter = Time(_jitter),
            Loss = Chance(_loss),
            BurstStart = Chance(_burst),
            BurstLength = parsed.GetValue(_burstLength),
            BurstLoss = Chance(_burstLoss),
            Reordering = Chance(_reorder),
            ReorderDelay = Time(_reorderDelay),
            Duplication = Chance(_duplicate),
            Corruption = Chance(_corrupt),
        };
        return new PathDescription(faulty, parsed.GetValue(_both) ? faulty : clean, parsed.GetValue(_seed));

        double Chance(Option<double> percent) => parsed.GetValue(percent) / 100;
        TimeSpan Time(Option<double> milliseconds) => TimeSpan.FromSeconds(parsed.GetValue(milliseconds) * Milli);
    }
}
