using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Asks several actors and sends one combined answer to the requester.</summary>
internal sealed class AnswerCollector<TAnswer> : UntypedActor
{
    private readonly IActorRef _requester;
    private readonly Func<IReadOnlyList<TAnswer>, object> _combine;
    private readonly List<TAnswer> _answers;
    private int _missing;

    /// <param name="requester">Gets the answer.</param>
    /// <param name="questions">The actors and the question for each of them.</param>
    /// <param name="combine">Combines all answers into one.</param>
    /// <param name="patience">The time after which the answers that have arrived are combined without the rest; null: no
    /// limit.</param>
    public AnswerCollector(
        IActorRef requester, IReadOnlyList<(IActorRef Actor, object Question)> questions,
        Func<IReadOnlyList<TAnswer>, object> combine, TimeSpan? patience)
    {
        (_requester, _combine) = (requester, combine);
        _missing = questions.Count;
        _answers = new List<TAnswer>(questions.Count);
        foreach (var (actor, question) in questions) actor.Tell(question, Self);
        SetReceiveTimeout(patience);
        if (_missing == 0) Finish();
    }

    public static Props Props(
        IActorRef requester, IReadOnlyList<(IActorRef Actor, object Question)> questions,
        Func<IReadOnlyList<TAnswer>, object> combine, TimeSpan? patience, string dispatcher) =>
        Akka.Actor.Props.CreateBy(new Producer(() => new AnswerCollector<TAnswer>(requester, questions, combine, patience)))
            .WithDispatcher(dispatcher);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TAnswer answer:
                _answers.Add(answer);
                if (--_missing == 0) Finish();
                break;
            case ReceiveTimeout:
                Finish();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Finish()
    {
        _requester.Tell(_combine(_answers));
        Context.Stop(Self);
    }

    /// <summary>Needed because an expression in Props cannot tell null from a missing argument.</summary>
    private sealed class Producer(Func<AnswerCollector<TAnswer>> make) : IIndirectActorProducer
    {
        public Type ActorType => typeof(AnswerCollector<TAnswer>);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }
}
