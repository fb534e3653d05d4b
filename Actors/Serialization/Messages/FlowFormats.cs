using ActorStack.Actors.Cluster.Directory;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>The layouts of the messages of the directory of flows.</summary>
internal static class FlowFormats
{
    public const int LeastFlow = 1 + 2 * (4 + sizeof(ushort));
    private const int LeastAnswer = 2 * sizeof(long) + sizeof(int) + 1;

    public static NodeMessageFormat[] All { get; } =
    [
        new NodeMessageFormat<FlowMessage.Announce>(
            "flow-announce/1",
            (ref writer, message) => Epochs(ref writer, message.Flows),
            (ref reader) => new(Epochs(ref reader))),

        new NodeMessageFormat<FlowMessage.Withdraw>(
            "flow-withdraw/1",
            (ref writer, message) => Epochs(ref writer, message.Flows),
            (ref reader) => new(Epochs(ref reader))),

        new NodeMessageFormat<FlowMessage.Find>(
            "flow-find/1",
            (ref writer, message) =>
            {
                writer.Int32(message.Questions.Count);
                foreach (var question in message.Questions)
                {
                    writer.Int64(question.Number);
                    writer.Flow(question.Flow);
                }
            },
            (ref reader) =>
            {
                var questions = new FlowQuestion[reader.Count(sizeof(long) + LeastFlow)];
                for (var i = 0; i < questions.Length; i++) questions[i] = new FlowQuestion(reader.Int64(), reader.Flow());
                return new FlowMessage.Find(questions);
            }),

        new NodeMessageFormat<FlowMessage.Found>(
            "flow-found/1",
            (ref writer, message) =>
            {
                writer.Int32(message.Answers.Count);
                foreach (var answer in message.Answers)
                {
                    writer.Int64(answer.Number);
                    writer.Text(answer.Owner);
                    writer.Int64(answer.Epoch);
                    writer.Flag(answer.IsSettled);
                }
            },
            (ref reader) =>
            {
                var answers = new FlowAnswer[reader.Count(LeastAnswer)];
                for (var i = 0; i < answers.Length; i++)
                    answers[i] = new FlowAnswer(reader.Int64(), reader.Text(), reader.Int64(), reader.Flag());
                return new FlowMessage.Found(answers);
            }),
    ];

    private static void Epochs(ref MessageWriter writer, IReadOnlyList<FlowEpoch> flows)
    {
        writer.Int32(flows.Count);
        foreach (var flow in flows)
        {
            writer.Flow(flow.Flow);
            writer.Int64(flow.Epoch);
        }
    }

    private static FlowEpoch[] Epochs(ref MessageReader reader)
    {
        var flows = new FlowEpoch[reader.Count(LeastFlow + sizeof(long))];
        for (var i = 0; i < flows.Length; i++) flows[i] = new FlowEpoch(reader.Flow(), reader.Int64());
        return flows;
    }
}
