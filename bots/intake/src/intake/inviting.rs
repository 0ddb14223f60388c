//! A campaign has invited the consumer. What is the answer?

use serde_json::json;
use shipmate::{
    Message, Turn,
    form::{Context, Input, Progress, Questionnaire, Reply, Wish},
    web1on1::Form,
};

use super::{Desk, Intake, ending::leave};

/// What an invitation asks.
const WANTED: &str = "wanted";

impl Desk {
    /// Asks the form that campaigns are about, unless the consumer would rather not.
    pub(super) fn answer_invitation(&self, turn: &mut Turn<Intake>, message: &Message) {
        let campaign_form = turn.config().campaign_form.clone();
        let form = campaign_form.and_then(|id| self.form(&id.as_str().into()));
        match (self.reads(turn, message), form) {
            (Some(Reply::Wants(Wish::Human)), _) => self.hand_over(turn, None),
            (Some(reply), _) if is_no(&reply) => {
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
    fn reads(&self, turn: &Turn<Intake>, message: &Message) -> Option<Reply> {
        let field = json!({"name": WANTED, "type": "checkbox", "required": true});
        let form = json!({"id": WANTED, "name": WANTED, "fields": [field]});
        let form: Form = serde_json::from_value(form).ok()?;
        let style = &self.style;
        let context = Context::new(turn.now(), style.time_zone.clone(), style.locale);
        let input = Input::text(&message.text);
        let questionnaire = Questionnaire::from_form(&form);
        Some(questionnaire.answer(&mut Progress::default(), &input, &context))
    }
}

fn is_no(reply: &Reply) -> bool {
    match reply {
        Reply::Accepted { value, .. } => *value == json!(false),
        Reply::Wants(wish) => *wish == Wish::Cancel,
        _ => false,
    }
}
