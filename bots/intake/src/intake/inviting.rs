//! A campaign has invited the consumer. What is the answer?

use shipmate::{
    Message, Turn,
    form::{Context, Input, Progress, Questionnaire, Reply, Wish},
};

use super::{Desk, Intake, ending::leave};

impl Desk {
    /// Asks the form that campaigns are about, unless the consumer would rather not.
    pub(super) fn answer_invitation(&self, turn: &mut Turn<Intake>, message: &Message) {
        let campaign_form = turn.config().campaign_form.clone();
        let form = campaign_form.and_then(|id| self.form(&id.as_str().into()));
        match (self.reads(turn, message), form) {
            (Reply::Wants(Wish::Human), _) => self.hand_over(turn, None),
            (reply, _) if is_no(&reply) => {
                turn.accept();
                turn.say(self.texts().declined);
                leave(turn, "declined");
            }
            (_, Some(form)) => {
                turn.accept();
                let greeting = self.greeting(turn);
                self.begin(turn, form, Some(&greeting));
            }
            (_, None) => self.start(turn),
        }
    }

    /// The message as an answer to yes or no.
    fn reads(&self, turn: &Turn<Intake>, message: &Message) -> Reply {
        let style = &self.style;
        let context = Context::new(turn.now(), style.time_zone.clone(), style.locale);
        let input = Input::text(&message.text);
        let wanted = Questionnaire::yes_or_no("wanted", "");
        wanted.answer(&mut Progress::default(), &input, &context)
    }
}

fn is_no(reply: &Reply) -> bool {
    match reply {
        Reply::Accepted { value, .. } => *value == false,
        Reply::Wants(wish) => *wish == Wish::Cancel,
        _ => false,
    }
}
